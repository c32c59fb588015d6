/** The encoders under test: messages in, bytes handed to a sink that does nothing with them. */
import { EncoderCore, firstByte, Opcode } from '@sokker/frame';
import type { Sending, SubjectName } from './jobs.js';
import { Sender, type Sink } from './peer-ws.js';

/** Sends that many messages in one turn of an imagined event loop. */
export type Encoder = (data: Buffer | string, count: number) => void;

const SCRATCH = Buffer.alloc(4 * 1024 * 1024);

/** A socket encodes the strings it is given; one that did not would let `ws` off the cost of it. */
const sink: Sink = {
  cork() {},
  uncork() {},
  write(data) {
    if (typeof data === 'string') SCRATCH.write(data);
    return true;
  },
};

function wsEncoder(mask: boolean): Encoder {
  const sender = new Sender(sink);
  return (data, count) => {
    const options = { binary: typeof data !== 'string', fin: true, mask, compress: false };
    for (let i = 0; i < count; i++) sender.send(data, options);
  };
}

/** As the connection runs it: everything of a turn is gathered and leaves together. */
function sokkerEncoder(mask: boolean): Encoder {
  const core = new EncoderCore({ role: mask ? 'client' : 'server' });
  return (data, count) => {
    const byte0 = firstByte(true, 0, typeof data === 'string' ? Opcode.text : Opcode.binary);
    for (let i = 0; i < count; i++) {
      core.addFrame(byte0, data, typeof data === 'string' ? Buffer.byteLength(data) : data.length);
    }
    for (const bytes of core.take()) sink.write(bytes);
  };
}

export function makeEncoder(subject: SubjectName, sending: Sending): Encoder {
  const mask = sending === 'masked';
  return subject === 'sokker' || subject === 'sokker-core' ? sokkerEncoder(mask) : wsEncoder(mask);
}
