/** @sokker/frame's encoder as a writer of fixtures. */
import { encodeClose, EncoderCore, encodeFrame, fragments, Opcode, type Frame, type Role } from '@sokker/frame';
import { bytesOf, type EncoderImplementation, type EncoderInput } from '../../src/index.js';
import { ours } from './ours.js';

export const frameEncoder: EncoderImplementation = {
  encode(input, key) {
    const role: Role = key === undefined ? 'server' : 'client';
    const maskingKey = key?.readUInt32BE(0);
    return ours(() => Buffer.concat(framesOf(input).map((frame) => encodeFrame(frame, { role, maskingKey }))));
  },
};

export const encoderCore: EncoderImplementation = {
  encode(input, key) {
    const role: Role = key === undefined ? 'server' : 'client';
    const core = new EncoderCore({ role, ...(key === undefined ? {} : { maskingKey: () => key.readUInt32BE(0) }) });
    return ours(() => {
      for (const frame of framesOf(input)) core.add(frame);
      return Buffer.concat(core.take());
    });
  },
};

function framesOf(input: EncoderInput): Frame[] {
  if ('frame' in input) {
    const { fin, rsv, opcode, hex } = input.frame;
    return [{ fin, rsv, opcode: opcode as Opcode, payload: bytesOf(hex) }];
  }
  if ('message' in input) {
    const { type, hex, fragmentBytes } = input.message;
    return [...fragments(type, bytesOf(hex), fragmentBytes ?? Infinity)];
  }
  if ('text' in input) return [{ fin: true, rsv: 0, opcode: Opcode.text, payload: Buffer.from(input.text) }];
  const { code, reason } = input.close;
  return [{ fin: true, rsv: 0, opcode: Opcode.close, payload: encodeClose(code ?? undefined, reason) }];
}
