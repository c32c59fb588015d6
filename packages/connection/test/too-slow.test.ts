/** What one turn sends is offered before anyone is judged by it; who takes none of it is ended, with no more retained. */
import { DecoderCore, Opcode, type FrameSlice } from '@sokker/frame';
import { ManualClock } from '@sokker/testkit';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Duplex } from 'node:stream';
import { Connection, type ConnectionOptions } from '../src/index.js';
import { rejection, scene, settled } from './scene.js';
import { sockets } from './sockets.js';

const KIB = 1024;
const LIMIT = 10_000;

/** Takes what there is room for, as a kernel does, and the rest never. */
class Taker extends Duplex {
  readonly taken: Buffer[] = [];
  writes = 0;
  room: number;
  /** Called before a write is taken. */
  meanwhile: (() => void) | undefined;

  constructor(room: number) {
    super();
    this.room = room;
  }

  get frames(): FrameSlice[] {
    const decoder = new DecoderCore({ role: 'client', maxFramePayloadBytes: Infinity });
    decoder.write(Buffer.concat(this.taken));
    const frames: FrameSlice[] = [];
    for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) frames.push(frame);
    return frames;
  }

  get texts(): string[] {
    return this.frames.map(({ payload }) => payload.toString());
  }

  override _read(): void {
    // The peer is silent, unless a test pushes.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.writes++;
    this.meanwhile?.();
    if (chunk.length > this.room) return;
    this.room -= chunk.length;
    this.taken.push(Buffer.from(chunk));
    callback();
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', callback);
  }
}

function open(room: number, options: Partial<ConnectionOptions> = {}): { duplex: Taker; connection: Connection } {
  const duplex = new Taker(room);
  return {
    duplex,
    connection: new Connection(duplex, {
      role: 'server',
      clock: new ManualClock(),
      maxBufferedBytes: LIMIT,
      ...options,
    }),
  };
}

describe('a peer that reads, over TCP, is not too slow whatever one turn sends', () => {
  let near: Connection;
  let far: Connection;
  let letGo: () => Promise<void>;
  const received: number[] = [];

  async function join(nearRole: 'server' | 'client' = 'server'): Promise<void> {
    const ends = await sockets();
    letGo = ends.letGo;
    received.length = 0;
    near = new Connection(ends.near, { role: nearRole });
    far = new Connection(ends.far, { role: nearRole === 'server' ? 'client' : 'server', maxMessageBytes: Infinity });
    far.on('message', ({ data }) => received.push(data.length));
  }
  afterEach(() => letGo());

  async function arrived(sizes: readonly number[]): Promise<void> {
    while (received.length < sizes.length && near.state === 'open') await settled(1);
    expect([near.state, received]).toEqual(['open', sizes]);
  }

  const rows: [string, 'server' | 'client', readonly number[]][] = [
    ['40 messages of 64 KiB', 'server', Array<number>(40).fill(64 * KIB)],
    ['a snapshot of 1.2 MB and an update', 'server', [1_200_000, 6]],
    ['1000 messages of 2 kB', 'server', Array<number>(1000).fill(2000)],
    ['2000 messages of 1 kB', 'client', Array<number>(2000).fill(1000)],
  ];

  test.each(rows)('%s of a %s', async (_, role, sizes) => {
    await join(role);
    for (const size of sizes) near.send('x'.repeat(size));
    await arrived(sizes);
  });

  test.each(rows)('%s of a %s, as an answer to what it has read', async (_, role, sizes) => {
    await join(role);
    near.on('message', () => {
      for (const size of sizes) near.send('x'.repeat(size));
    });
    far.send('all of it');
    await arrived(sizes);
  });

  test('a Ping, and a stream, behind 1.2 MB', async () => {
    await join();
    near.send(Buffer.alloc(1_200_000));
    await Promise.all([near.ping(), near.sendStream(['stream'])]);
    await arrived([1_200_000, 6]);
  });
});

describe('of a duplex that takes nothing', () => {
  test.each([3000, 100, 0])('at most the limit and one message are retained, of %i bytes', async (bytes) => {
    const { duplex, connection } = open(0);
    const size = bytes + (bytes < 126 ? 2 : 4);
    let most = 0;
    let sent = 0;
    for (; connection.state === 'open'; sent++) {
      connection.send(Buffer.alloc(bytes));
      most = Math.max(most, connection.bufferedBytes);
    }
    expect([sent - 1, most]).toEqual([Math.ceil(LIMIT / size), Math.ceil(LIMIT / size) * size]);
    await connection.closed;
    expect([duplex.writes, connection.bufferedBytes]).toEqual([1, 0]);
  });

  test('the connection ends with the error, and tells how much waited', async () => {
    const told: unknown[] = [];
    const listen = (message: unknown): unknown => told.push(message);
    subscribe('sokker:connection:slow', listen);
    const { connection } = open(0);
    const errors: unknown[] = [];
    connection.on('error', (error) => errors.push(error.code));
    connection.send(Buffer.alloc(LIMIT));
    expect(connection.send('over')).toBe(false);
    unsubscribe('sokker:connection:slow', listen);
    expect(await connection.closed).toMatchObject({ code: 1008, by: 'us', error: { code: 'ERR_SOKKER_TOO_SLOW' } });
    expect(errors).toEqual(['ERR_SOKKER_TOO_SLOW']);
    expect(told).toEqual([{ connection, bufferedBytes: LIMIT + 4 }]);
  });

  test('a stream is refused, and a Ping', async () => {
    const streaming = open(0);
    streaming.connection.send(Buffer.alloc(LIMIT));
    expect(await rejection(streaming.connection.sendStream(['x']))).toMatchObject({ code: 'ERR_SOKKER_TOO_SLOW' });
    const pinging = open(0);
    pinging.connection.send(Buffer.alloc(LIMIT));
    expect(await rejection(pinging.connection.ping())).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
    for (const { connection } of [streaming, pinging]) expect(connection.state).not.toBe('open');
  });
});

test('who was taken everything from, and is too slow all the same, is told of no room', async () => {
  const { connection } = open(Infinity, { highWaterMarkBytes: 100 });
  const log: string[] = [];
  connection.on('drain', () => log.push('drain'));
  connection.on('error', () => log.push('error'));
  connection.sendStream(new ReadableStream()).catch(() => undefined);
  while (connection.state === 'open') connection.send('x'.repeat(100));
  await connection.closed;
  await settled();
  expect(log).toEqual(['error']);
});

test('of a duplex that takes a part, what it has taken does not count, and the rest is bounded as ever', () => {
  const { duplex, connection } = open(LIMIT + 500);
  let most = 0;
  let sent = 0;
  for (; connection.state === 'open'; sent++) {
    connection.send(Buffer.alloc(996));
    most = Math.max(most, connection.bufferedBytes);
  }
  expect([sent - 1, most, duplex.writes]).toEqual([20, LIMIT, 2]);
});

test('what is offered is no more than a write each time that the limit is met', () => {
  const { duplex, connection } = open(Infinity);
  for (let i = 0; i < 1000; i++) connection.send(Buffer.alloc(98));
  expect(duplex.writes).toBe((1000 * 100) / LIMIT - 1);
});

test('Pings without a Pong count, whatever was taken', async () => {
  const { connection } = open(Infinity);
  const pings = Array.from({ length: 100 }, () => rejection(connection.ping()));
  expect(connection.state).not.toBe('open');
  expect(new Set((await Promise.all(pings)).map(({ code }) => code))).toEqual(new Set(['ERR_SOKKER_CLOSED']));
});

test('messages that wait for one being made count, and none gets into its frame', async () => {
  const { duplex, connection } = open(Infinity);
  async function* source(): AsyncGenerator<string> {
    yield 'half';
    await new Promise(() => undefined);
  }
  connection.sendStream(source(), { bytes: 8, type: 'text' }).catch(() => undefined);
  await settled();
  while (connection.state === 'open') connection.send(Buffer.alloc(1000));
  await connection.closed;
  expect(Buffer.concat(duplex.taken).toString('latin1')).toBe('\x81\x08half');
});

test('who waits for room hears of it when the turn is over, and not between two messages', async () => {
  const { duplex, connection } = open(Infinity, { highWaterMarkBytes: 100 });
  connection.on('drain', () => connection.send('drain'));
  const room = connection.writable().then(() => connection.send('writable'));
  for (let i = 0; i < 300; i++) connection.send(`${i}`.padStart(96));
  await room;
  await settled();
  expect(duplex.texts.map((text) => text.trim())).toEqual([
    ...Array.from({ length: 300 }, (_, i) => `${i}`),
    'writable',
    'drain',
  ]);
});

test('answers to one chunk that leave early stay in order', async () => {
  const { duplex, connection } = open(Infinity, { maxBufferedBytes: 300, highWaterMarkBytes: 100 });
  connection.on('message', (message) => connection.send(message.text().padEnd(96)));
  const numbers = Array.from({ length: 10 }, (_, i) => `${i}`);
  duplex.push(Buffer.concat(numbers.map((number) => scene().wire(Opcode.text, number))));
  await settled();
  expect(duplex.texts.map((text) => text.trim())).toEqual(numbers);
  expect(duplex.writes).toBe(3);
});

describe('a duplex that, while it is offered what waits,', () => {
  test('throws is destroyed, and nobody else notices', async () => {
    const { duplex, connection } = open(Infinity);
    duplex.write = () => {
      throw new Error('of the duplex');
    };
    connection.send(Buffer.alloc(LIMIT));
    expect(() => connection.send('x')).not.toThrow();
    expect(await connection.closed).toMatchObject({ clean: false, by: 'network' });
  });

  test('answers with a Close is sent nothing behind ours', async () => {
    const { duplex, connection } = open(Infinity);
    connection.on('message', () => undefined);
    connection.send(Buffer.alloc(LIMIT));
    duplex.resume();
    await settled();
    connection.send(Buffer.alloc(LIMIT));
    duplex.meanwhile = () => {
      duplex.meanwhile = undefined;
      duplex.emit('data', scene().wire(Opcode.close, Buffer.of(3, 232)));
    };
    expect(connection.send('late')).toBe(false);
    await settled();
    expect(duplex.frames.map(({ opcode }) => opcode)).toEqual([Opcode.binary, Opcode.binary, Opcode.close]);
  });
});
