/** What is written leaves whole, whoever keeps the memory of it, and that of sockets is used again. */
import { DecoderCore, EncoderCore, Opcode } from '@sokker/frame';
import { random } from '@sokker/testkit';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { Connection } from '../src/index.js';
import { handOver } from '../src/hand-over.js';
import { until } from './scene.js';
import { sockets } from './sockets.js';

const KIB = 1024;
let ends: Awaited<ReturnType<typeof sockets>>;

beforeEach(async () => void (ends = await sockets()));
afterEach(() => ends.letGo());

/** Messages of sizes that are written to memory of their own, each filled with its number. */
function messages(count: number, seed: number): Buffer[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => Buffer.alloc(600 + Math.floor(next() * 7 * KIB), i));
}

/** Payloads that have come, once they are as many bytes as expected. */
async function payloads(chunks: readonly Buffer[], role: 'server' | 'client', count: number): Promise<Buffer[]> {
  const decoder = new DecoderCore({ role, emit: 'frames' });
  const out: Buffer[] = [];
  let used = 0;
  await until(() => {
    for (; used < chunks.length; used++) {
      decoder.write(Buffer.from(chunks[used]!));
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) out.push(frame.payload);
    }
    return out.length >= count;
  });
  return out;
}

/** Whether memory that holds a stretch is written again for the next one of that size. */
function isReused(duplex: Duplex, written: () => Buffer): boolean {
  const connection = new Connection(duplex, { role: 'server' });
  const buffers = [1, 2].map(() => {
    connection.send(Buffer.alloc(5000));
    // What is sent while a chunk is read leaves at its end, at once.
    duplex.emit('data', Buffer.alloc(0));
    return written();
  });
  return buffers[0]!.buffer === buffers[1]!.buffer && buffers[0]!.byteOffset === buffers[1]!.byteOffset;
}

function lastWrite(duplex: Duplex): () => Buffer {
  const spy = jest.spyOn(Object.getPrototypeOf(duplex) as Duplex, 'write');
  return () => spy.mock.calls.at(-1)![0] as Buffer;
}

describe('whose memory is used again', () => {
  afterEach(() => jest.restoreAllMocks());

  test('that of a socket which has passed it on', () => {
    expect(isReused(ends.near, lastWrite(ends.near))).toBe(true);
  });

  test('not that of a socket which has not', () => {
    ends.near.cork();
    expect(isReused(ends.near, lastWrite(ends.near))).toBe(false);
    ends.near.uncork();
  });

  test('nor that of a duplex of which nobody knows what it does with it', () => {
    const kept: Buffer[] = [];
    expect(isReused(keeper(kept), () => kept.at(-1)!)).toBe(false);
  });
});

/** A duplex that calls back at once, and keeps what it was given. */
function keeper(kept: Buffer[]): Duplex {
  const write = (chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void => {
    kept.push(chunk);
    callback();
  };
  return new Duplex({ write, read: () => undefined });
}

test('what a socket has not passed on yet is not written over by what others send', async () => {
  const { near, far, letGo } = await sockets();
  const [behind, other] = [ends.near, near].map((socket) => new Connection(socket, { role: 'server' }));
  const chunks: Buffer[] = [];
  ends.far.on('data', (chunk: Buffer) => chunks.push(chunk)).pause();
  far.resume();
  let sent = 0;
  // One at a time, each followed by one of the same size that leaves at once.
  while (behind!.bufferedBytes === 0) {
    behind!.send(Buffer.alloc(5000, sent++));
    await new Promise(setImmediate);
    other!.send(Buffer.alloc(5000, 255));
    await new Promise(setImmediate);
  }
  ends.far.resume();
  const received = await payloads(chunks, 'client', sent);
  await letGo();
  expect(received.every((payload, i) => payload.equals(Buffer.alloc(5000, i)))).toBe(true);
});

test('a duplex that keeps what it was given has it as it was', async () => {
  const sent = messages(200, 1);
  const kept: Buffer[] = [];
  const connection = new Connection(keeper(kept), { role: 'server' });
  for (const message of sent) {
    connection.send(message);
    await new Promise(setImmediate);
  }
  const received = await payloads(kept, 'client', sent.length);
  expect(received.every((payload, i) => payload.equals(sent[i]!))).toBe(true);
});

test('what an application took from an encoder of its own stays its own', async () => {
  const encoder = new EncoderCore({ role: 'server' });
  const connection = new Connection(ends.near, { role: 'server' });
  ends.far.resume();
  encoder.addFrame(0x80 | Opcode.binary, Buffer.alloc(7000, 1), 7000);
  encoder.addFrame(0x80 | Opcode.binary, Buffer.alloc(7000, 2), 7000);
  const [own] = encoder.take();
  const before = Buffer.from(own!);
  connection.send(own!);
  await new Promise(setImmediate);
  connection.send(Buffer.alloc(7000, 3));
  connection.send(Buffer.alloc(7000, 3));
  await new Promise(setImmediate);
  expect(own!.equals(before)).toBe(true);
});

test('the callback comes when the last of the pieces was taken', async () => {
  const taken = new Promise<void>((resolve) => handOver(ends.near, [Buffer.alloc(10), Buffer.alloc(20)], resolve));
  const [chunk] = (await once(ends.far, 'data')) as [Buffer];
  await taken;
  expect([chunk.length, ends.near.bytesWritten]).toEqual([30, 30]);
});
