/** What is written leaves whole, whoever keeps the memory of it, and that of sockets is used again. */
import { DecoderCore, EncoderCore, Opcode } from '@sokker/frame';
import { random } from '@sokker/testkit';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { Connection } from '../src/index.js';
import { handOver } from '../src/hand-over.js';
import { until } from './scene.js';
import { sockets } from './sockets.js';

const KIB = 1024;
let ends: Awaited<ReturnType<typeof sockets>>;

beforeEach(async () => void (ends = await sockets()));
afterEach(() => ends.letGo());

/** Messages of sizes that are written to shared memory and to memory of their own, each filled with its number. */
function messages(count: number, seed: number): Buffer[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => Buffer.alloc(Math.floor(next() * (i % 2 === 0 ? 500 : 7 * KIB)), i));
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

/** Whether two messages are written to the same memory, one after the other, as whatever is below the duplex sees it. */
function isReused(duplex: Duplex, written: () => Buffer | undefined, bytes: number): boolean {
  const connection = new Connection(duplex, { role: 'server' });
  const [first, second] = [1, 2].map(() => {
    connection.send(Buffer.alloc(bytes));
    // What is sent before a chunk is read leaves at its end, at once.
    duplex.emit('data', Buffer.alloc(0));
    return written();
  });
  return first !== undefined && first.buffer === second?.buffer && first.byteOffset === second.byteOffset;
}

/** What the handle of a socket was given last. */
function lastWrite(socket: Duplex): () => Buffer | undefined {
  const { _handle: handle } = socket as unknown as { _handle: { writeBuffer(request: object, bytes: Buffer): number } };
  const spy = jest.spyOn(handle, 'writeBuffer');
  return () => spy.mock.calls.at(-1)?.[1];
}

/** A socket of which somebody has put something in the place of a method. */
function replaced(name: string, method: (this: Socket, ...args: unknown[]) => unknown): (socket: Socket) => Socket {
  return (socket) => {
    const own = Reflect.get(socket, name) as (...args: unknown[]) => unknown;
    Reflect.set(socket, name, (...args: unknown[]) => {
      method.apply(socket, args);
      return own.apply(socket, args);
    });
    return socket;
  };
}

describe.each([5000, 100])('whose memory is used again: frames of %i bytes', (bytes) => {
  afterEach(() => jest.restoreAllMocks());

  test.each<[string, boolean, (socket: Socket) => Socket]>([
    ['that of a socket which has passed it on', true, (socket) => socket],
    ['not that of a socket which has not', false, (socket) => (socket.cork(), socket)],
    [
      'nor of one of a class of its own',
      false,
      (it) => Object.setPrototypeOf(it, Object.create(Socket.prototype)) as Socket,
    ],
    ...['write', '_write', '_writev', '_writeGeneric'].map((name): [string, boolean, (socket: Socket) => Socket] => [
      `nor of one whose ${name} is somebody else's`,
      false,
      replaced(name, () => undefined),
    ]),
    ['nor of one that was destroyed', false, (socket) => socket.destroy()],
  ])('%s', (_, expected, prepare) => {
    const written = lastWrite(ends.near);
    expect(isReused(prepare(ends.near), written, bytes)).toBe(expected);
  });

  test('nor that of a duplex of which nobody knows what it does with it', () => {
    const kept: Buffer[] = [];
    expect(isReused(keeper(kept), () => kept.at(-1)!, bytes)).toBe(false);
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
  const size = (i: number): number => (i % 2 === 0 ? 5000 : 100);
  // One at a time, each followed by one of the same size that leaves at once.
  while (behind!.bufferedBytes < 5000) {
    behind!.send(Buffer.alloc(size(sent), sent % 255));
    await new Promise(setImmediate);
    other!.send(Buffer.alloc(size(sent++), 255));
    await new Promise(setImmediate);
  }
  for (let count = 0; count < 10; count++) {
    other!.send(Buffer.alloc(size(count), 255));
    await new Promise(setImmediate);
  }
  ends.far.resume();
  const received = await payloads(chunks, 'client', sent);
  await letGo();
  expect(received.every((payload, i) => payload.equals(Buffer.alloc(size(i), i % 255)))).toBe(true);
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
  const [own] = encoder.take(true);
  const before = Buffer.from(own!);
  connection.send(own!);
  await new Promise(setImmediate);
  connection.send(Buffer.alloc(7000, 3));
  connection.send(Buffer.alloc(7000, 3));
  await new Promise(setImmediate);
  expect(own!.equals(before)).toBe(true);
});

test('the callback comes when the last of the pieces was taken', async () => {
  const taken = new Promise<void>((resolve) =>
    handOver(ends.near, [Buffer.alloc(10), Buffer.alloc(20)], false, resolve),
  );
  const [chunk] = (await once(ends.far, 'data')) as [Buffer];
  await taken;
  expect([chunk.length, ends.near.bytesWritten]).toEqual([30, 30]);
});
