/** The encoders under test: messages in, bytes written to a stream that swallows them. */
import { Writable } from 'node:stream';
import { EncoderCore, firstByte, Opcode, reclaim, textPayload } from '@sokker/frame';
import type { Sending, SubjectName } from './jobs.js';
import { Sender } from './peer-ws.js';

/** Sends that many messages in one turn, which is a callback of `process.nextTick`. */
export type Encoder = (data: Buffer | string, count: number) => void;

/**
 * As a socket whose kernel takes everything at once: it gathers corked writes, and encodes the strings it is given,
 * into memory of their own as Node does where several writes leave together.
 */
function sink(): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, callback) {
      swallow(chunk);
      callback();
    },
    writev(chunks, callback) {
      for (const { chunk } of chunks) swallow(chunk as Buffer | string);
      callback();
    },
  });
}

function swallow(chunk: Buffer | string): void {
  if (typeof chunk === 'string') Buffer.from(chunk);
}

function wsEncoder(mask: boolean): Encoder {
  const sender = new Sender(sink());
  return (data, count) => {
    const options = { binary: typeof data !== 'string', fin: true, mask, compress: false };
    for (let i = 0; i < count; i++) sender.send(data, options);
  };
}

/**
 * The encoder and the write of what it made, as a connection's writer calls them: everything of a turn is gathered,
 * leaves together, and gives back the memory that is done with; not in portions, as 1 MiB would. The writer itself, and
 * what puts messages in order before it, are left out, whereas the peer's `send` is all there is of its way out: the rows
 * of servers measure both ways whole.
 */
function sokkerEncoder(mask: boolean): Encoder {
  const core = new EncoderCore({ role: mask ? 'client' : 'server' });
  const socket = sink();
  return (data, count) => {
    const byte0 = firstByte(true, 0, typeof data === 'string' ? Opcode.text : Opcode.binary);
    for (let i = 0; i < count; i++) {
      const payload = typeof data === 'string' ? textPayload(data) : data;
      core.addFrame(byte0, payload, payload.length);
    }
    const pieces = core.take(true);
    if (pieces.length > 1) socket.cork();
    for (const bytes of pieces) socket.write(bytes);
    if (pieces.length > 1) socket.uncork();
    const last = pieces.at(-1);
    if (last !== undefined && socket.writableLength === 0) reclaim(last);
  };
}

export function makeEncoder(subject: SubjectName, sending: Sending): Encoder {
  const mask = sending === 'masked';
  return subject === 'sokker' || subject === 'sokker-core' ? sokkerEncoder(mask) : wsEncoder(mask);
}
