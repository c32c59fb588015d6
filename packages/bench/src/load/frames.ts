/** Masked client frames, encoded once before anything is measured (RFC 6455 §5.2). */
import { constants, deflateRawSync } from 'node:zlib';

export interface FrameOptions {
  readonly text: boolean;
  /** Sets RSV1: the payload is a deflated message (RFC 7692 §6). */
  readonly deflated?: boolean;
}

/** Any key does, as long as it is not zero: the same one for all frames, so that a run can be repeated byte for byte. */
const MASKING_KEY = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

function frameHead(payloadBytes: number, options: FrameOptions): Buffer {
  const start = 0x80 | (options.deflated === true ? 0x40 : 0) | (options.text ? 1 : 2);
  if (payloadBytes < 126) return Buffer.from([start, 0x80 | payloadBytes]);
  const head = Buffer.alloc(payloadBytes < 65536 ? 4 : 10);
  head[0] = start;
  head[1] = 0x80 | (payloadBytes < 65536 ? 126 : 127);
  if (payloadBytes < 65536) head.writeUInt16BE(payloadBytes, 2);
  else head.writeBigUInt64BE(BigInt(payloadBytes), 2);
  return head;
}

export function encodeClientFrame(payload: Buffer, options: FrameOptions): Buffer {
  const masked = payload.map((byte, i) => byte ^ (MASKING_KEY[i & 3] ?? 0));
  return Buffer.concat([frameHead(payload.length, options), MASKING_KEY, masked]);
}

/** The compressed form of a message that refers to no earlier one: right on a fresh window and on a used one. */
export function deflateMessage(payload: Buffer): Buffer {
  return deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}
