/** What `send` says of back-pressure, and how output is gathered. */
import { Opcode, type Role } from '@sokker/frame';
import { Duplex } from 'node:stream';
import { Connection, ConnectionSettings, prepare } from '../src/index.js';
import { Writer } from '../src/writer.js';
import { heapBytes } from '../../frame/test/memory.js';
import { ToyCoder } from './coder.js';
import { rejection, scene, settled, until } from './scene.js';

const KIB = 1024;

describe('send tells the truth', () => {
  test('false from the high-water mark on, true below; drain at the low one', async () => {
    const it = scene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 1000, lowWaterMarkBytes: 100 }).record();
    // The wire has room for one byte, so nothing settles: 4 bytes of header each.
    const answers = Array.from({ length: 6 }, () => it.connection.send(Buffer.alloc(246)));
    expect(answers).toEqual([true, true, true, false, false, false]);
    expect(it.connection.bufferedBytes).toBe(1500);
    await settled();
    expect(it.log).toEqual([]);
    expect(it.connection.send(Buffer.alloc(246))).toBe(false);
    it.read();
    await settled();
    expect(it.log).toEqual(['drain']);
    expect(it.connection.bufferedBytes).toBe(0);
    expect(it.connection.send(Buffer.alloc(10))).toBe(true);
    await settled();
    expect(it.log).toEqual(['drain']);
    expect(it.frames).toHaveLength(8);
  });

  test('drain comes when at most lowWaterMarkBytes wait, not before', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server', highWaterMarkBytes: 1000, lowWaterMarkBytes: 500 });
    const drained: number[] = [];
    connection.on('drain', () => drained.push(connection.bufferedBytes));
    expect(connection.send(Buffer.alloc(2000))).toBe(false);
    await settled();
    connection.send(Buffer.alloc(600));
    duplex.finish();
    await settled();
    expect(drained).toEqual([]);
    expect(connection.send(Buffer.alloc(1))).toBe(false);
    duplex.finish();
    await settled();
    expect(drained).toHaveLength(1);
    expect(drained[0]).toBeLessThanOrEqual(500);
  });

  test('writable() is the same as a promise', async () => {
    const it = scene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 1000 }).record();
    await it.connection.writable();
    it.connection.send(Buffer.alloc(1000));
    const waits = [it.connection.writable(), it.connection.writable()];
    let resolved = 0;
    for (const wait of waits) void wait.then(() => resolved++);
    await settled();
    expect(resolved).toBe(0);
    it.read();
    await Promise.all(waits);
    expect(it.connection.bufferedBytes).toBe(0);
  });

  test.each<[string, (connection: Connection, error: Error) => void]>([
    ['terminate()', (connection) => connection.terminate()],
    ['terminate(error)', (connection, error) => connection.terminate(error)],
    ['fail(error)', (connection, error) => connection.fail(error)],
  ])('what waits for room rejects when the connection ends by %s', async (how, end) => {
    const it = scene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 1 });
    it.connection.send('full');
    const waits = [it.connection.writable(), it.connection.sendStream(['a'])].map(rejection);
    await settled();
    const error = new Error('why');
    end(it.connection, error);
    for (const rejected of await Promise.all(waits)) {
      expect(rejected.code).toBe('ERR_SOKKER_CLOSED');
      expect(rejected.cause).toBe(how.includes('error') ? error : undefined);
    }
  });

  test('room that was to be given in a later turn is none where the connection was dropped meanwhile', async () => {
    const it = scene();
    // A socket says that it has closed in the turn after.
    it.near._destroy = (error, callback) => setImmediate(() => setImmediate(callback, error));
    let drains = 0;
    it.connection.on('drain', () => drains++);
    // The sixteenth is for a later turn.
    while (drains < 15) {
      while (it.connection.send(Buffer.alloc(64 * 1024))) continue;
      await new Promise((resolve) => process.nextTick(resolve));
    }
    while (it.connection.send(Buffer.alloc(64 * 1024))) continue;
    await new Promise((resolve) => process.nextTick(resolve));
    it.connection.terminate();
    await settled();
    expect(drains).toBe(15);
  });

  test.each<[string, (duplex: SlowDuplex, connection: Connection) => void]>([
    ['that fails the write', (duplex) => duplex.finish(new Error('write EPIPE'))],
    ['that was terminated in the middle of it', (duplex, connection) => (connection.terminate(), duplex.finish())],
    ['that was destroyed by others', (duplex) => duplex.destroy(new Error('gone')).finish()],
  ])('a duplex %s has no room', async (_, end) => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server', highWaterMarkBytes: 1000 });
    const told: string[] = [];
    connection.on('error', () => undefined).on('drain', () => told.push('drain'));
    connection.send(Buffer.alloc(2000));
    const room = rejection(connection.writable());
    await settled();
    end(duplex, connection);
    expect(await room).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
    await connection.closed;
    expect(told).toEqual([]);
  });

  test.each<[string, (connection: Connection) => Promise<unknown>]>([
    ['writable()', (connection) => connection.writable()],
    ['drain', (connection) => new Promise<void>((resolve) => connection.once('drain', resolve))],
  ])('who always has more for a peer that keeps up lets others have their turn, by %s', async (_, room) => {
    const it = scene();
    const ROUNDS = 500;
    let turns = 0;
    let round = 0;
    const count = (): void => {
      turns++;
      if (round < ROUNDS) setImmediate(count);
    };
    setImmediate(count);
    while (round++ < ROUNDS) if (!it.connection.send(Buffer.alloc(64 * 1024))) await room(it.connection);
    expect(turns).toBeGreaterThan(20);
  });

  test('a loop of send and drain gives everything, in order', async () => {
    const it = scene({ wireBytes: 1000, highWaterMarkBytes: 2000, lowWaterMarkBytes: 500 });
    let most = 0;
    for (let i = 0; i < 2000; i++) {
      const go = it.connection.send(`message ${i}`.padEnd(50));
      most = Math.max(most, it.connection.bufferedBytes);
      if (!go) await new Promise<void>((resolve) => it.connection.once('drain', resolve));
    }
    await until(() => it.frames.length === 2000);
    expect(most).toBeLessThanOrEqual(2000 + 52);
    expect(it.frames.every(({ payload }, i) => payload.toString().startsWith(`message ${i} `))).toBe(true);
  });

  test('a low mark above the high one gives way', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server', highWaterMarkBytes: 100 });
    let drained = 0;
    connection.on('drain', () => drained++);
    connection.send(Buffer.alloc(200));
    await settled();
    expect(connection.send(Buffer.alloc(200))).toBe(false);
    expect(drained).toBe(0);
    duplex.finish();
    await settled();
    expect(drained).toBe(0);
    duplex.finish();
    await settled();
    expect(drained).toBe(1);
  });
});

describe('a peer that is too slow', () => {
  test('at most the limit and one message are kept; then the connection ends, with 1008 to read', async () => {
    const it = scene({ peerReads: false, wireBytes: 1, maxBufferedBytes: 10_000 }).record();
    let most = 0;
    let accepted = 0;
    while (it.connection.state === 'open') {
      if (it.connection.bufferedBytes < 10_000) accepted++;
      it.connection.send(Buffer.alloc(3000));
      most = Math.max(most, it.connection.bufferedBytes);
    }
    expect(accepted).toBe(4);
    expect(most).toBeLessThanOrEqual(10_000 + 3004);
    expect(it.connection.send('late')).toBe(false);
    await settled();
    expect(it.log).toEqual(['error ERR_SOKKER_TOO_SLOW', 'close']);
    expect(it.closed).toMatchObject({ code: 1008, clean: false, by: 'us', phase: 'open' });
    expect(it.closed?.error).toMatchObject({ code: 'ERR_SOKKER_TOO_SLOW', closeCode: 1008 });
  });

  test('one message may be larger than the limit', async () => {
    const it = scene({ maxBufferedBytes: 1000 });
    expect(it.connection.send(Buffer.alloc(500_000))).toBe(false);
    await settled(30);
    expect(it.frames.map(({ payload }) => payload.length)).toEqual([500_000]);
  });

  test('Infinity: never', async () => {
    const it = scene({ peerReads: false, wireBytes: 1, maxBufferedBytes: Infinity });
    for (let i = 0; i < 50; i++) it.connection.send(Buffer.alloc(KIB * KIB));
    expect(it.connection.bufferedBytes).toBeGreaterThan(50 * KIB * KIB);
    it.connection.terminate();
    await settled();
    expect(it.connection.bufferedBytes).toBe(0);
  });

  test('a pile of tiny messages takes little more memory than it counts for', () => {
    const it = scene({ peerReads: false, wireBytes: 1 });
    const before = heapBytes();
    for (let sent = 0; sent < 250_000; sent++) it.connection.send('ab');
    expect(heapBytes() - before).toBeLessThan(1_000_000);
    it.connection.terminate();
  });
});

describe('one write per turn', () => {
  test.each<Role>(['server', 'client'])('as %s: all that was sent in one turn', async (role) => {
    const it = scene({ role });
    for (let i = 0; i < 20; i++) it.connection.send(`message ${i}`);
    void it.connection.ping('p').catch(() => undefined);
    await Promise.resolve();
    it.connection.send('in a microtask');
    await settled();
    expect(it.chunks).toHaveLength(1);
    expect(it.frames).toHaveLength(22);
    it.connection.send('next turn');
    await settled();
    expect(it.chunks).toHaveLength(2);
  });

  test('answers to one chunk leave together', async () => {
    const it = scene();
    it.connection.on('message', (message) => it.connection.send(message.text()));
    const chunk = Array.from({ length: 30 }, (_, i) => it.wire(i % 3 === 0 ? Opcode.ping : Opcode.text, `${i}`));
    it.far.write(Buffer.concat(chunk));
    await settled();
    expect(it.frames).toHaveLength(30);
    expect(it.chunks).toHaveLength(1);
  });

  test('many connections: each its own write, one callback for all', async () => {
    const scenes = Array.from({ length: 5 }, () => scene());
    for (const it of scenes) for (let i = 0; i < 3; i++) it.connection.send(`${i}`);
    await settled();
    for (const it of scenes) expect([it.chunks.length, it.frames.length]).toEqual([1, 3]);
  });

  test('once the duplex is behind, what follows is gathered', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server' });
    for (const message of ['not taken at once', 'the last before it is']) {
      connection.send(message);
      await settled();
    }
    for (let i = 0; i < 10; i++) {
      connection.send(`${i}`);
      await settled(1);
    }
    expect(duplex.writes).toBe(1);
    duplex.finish();
    await settled();
    expect(duplex.writes).toBe(2);
    duplex.finish();
    await settled();
    expect(duplex.writes).toBe(3);
    expect(connection.bufferedBytes).toBe(30);
    duplex.finish();
    await settled();
    expect(connection.bufferedBytes).toBe(0);
  });

  test('a duplex that takes what it is given at once is written to without a callback', async () => {
    const duplex = new Duplex({ read: () => undefined, write: (_chunk, _encoding, callback) => callback() });
    const write = jest.spyOn(duplex, 'write');
    const connection = new Connection(duplex, { role: 'server' });
    const header = 4;
    for (const [bytes, callback] of [
      [1, 'undefined'],
      [16 * KIB - header, 'undefined'],
      [16 * KIB, 'function'],
    ] as const) {
      connection.send(Buffer.alloc(bytes));
      await settled();
      expect(typeof write.mock.lastCall?.[1]).toBe(callback);
    }
    expect(connection.bufferedBytes).toBe(0);
  });
});

/** Two duplexes joined without a queue between them: what one is given is heard before it was told that it is taken. */
function joined(told: 'before' | 'after'): [Duplex, Duplex] {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write(chunk, _encoding, callback) {
        if (told === 'before') callback();
        other().push(chunk);
        if (told === 'after') callback();
      },
    });
  const ends: [Duplex, Duplex] = [make(() => ends[1]), make(() => ends[0])];
  return ends;
}

describe.each(['before', 'after'] as const)('a duplex that is answered while it is written to, and told %s', (told) => {
  test.each([1000, 9000, 20_000, 70_000])(
    'an answer gets neither into a message of %i bytes nor lost',
    async (bytes) => {
      const [near, far] = joined(told);
      const server = new Connection(near, { role: 'server' });
      const client = new Connection(far, { role: 'client' });
      const log: string[] = [];
      client.on('message', ({ data }) => {
        log.push(`client ${data.length}`);
        client.send(`answer to ${data.length}`);
      });
      server.on('message', (message) => {
        log.push(`server ${message.text()}`);
        if (message.text() === 'answer to 5') server.send('and on');
      });
      server.send('hello');
      server.send(Buffer.alloc(bytes));
      await settled();
      expect(log.toSorted()).toEqual(
        [
          `client ${bytes}`,
          'client 5',
          'client 6',
          `server answer to ${bytes}`,
          'server answer to 5',
          'server answer to 6',
        ].toSorted(),
      );
      expect([server.bufferedBytes, client.bufferedBytes]).toEqual([0, 0]);
    },
  );

  test('bursts above the limit, from handlers too, arrive whole and in order', async () => {
    const limits = { maxBufferedBytes: 3000, highWaterMarkBytes: 1000 };
    const [near, far] = joined(told);
    const server = new Connection(near, { role: 'server', ...limits });
    const client = new Connection(far, { role: 'client', ...limits });
    const heard: Record<'server' | 'client', string[]> = { server: [], client: [] };
    server.on('message', (message) => {
      heard.server.push(message.text());
      for (let i = 0; i < 50; i++) server.send(`${message.text()} ${i}`.padEnd(400));
    });
    client.on('message', (message) => heard.client.push(message.text().trim()));
    for (let i = 0; i < 50; i++) client.send(`${i}`);
    await until(() => heard.client.length === 2500 || client.state !== 'open');
    const asked = Array.from({ length: 50 }, (_, i) => `${i}`);
    expect([server.state, client.state, heard.server]).toEqual(['open', 'open', asked]);
    expect(heard.client).toEqual(asked.flatMap((number) => asked.map((i) => `${number} ${i}`)));
  });
});

test('what was written before us counts from our first write on, and room is told of', async () => {
  const duplex = new SlowDuplex();
  duplex.write(Buffer.alloc(100_000));
  const connection = new Connection(duplex, { role: 'server' });
  await connection.writable();
  connection.send('behind it');
  await settled();
  const room = jest.fn();
  void connection.writable().then(room);
  await settled();
  expect(room).not.toHaveBeenCalled();
  for (let i = 0; i < 2; i++) duplex.finish();
  await settled();
  expect(room).toHaveBeenCalledTimes(1);
  expect(connection.bufferedBytes).toBe(0);
});

test('flush has what was sent written before the turn is over', async () => {
  const duplex = new SlowDuplex();
  const connection = new Connection(duplex, { role: 'server' });
  connection.send('now');
  expect(duplex.writableLength).toBe(0);
  connection.flush();
  expect(duplex.writableLength).toBe(5);
  await settled();
  expect(duplex.writableLength).toBe(5);
});

describe('flushed', () => {
  /** What has settled so far. */
  function follow(connection: Connection): (name: string) => string[] {
    const settled: string[] = [];
    return (name) => {
      connection.flushed().then(
        () => settled.push(name),
        (error: unknown) => settled.push(`${name}: ${(error as NodeJS.ErrnoException).code}`),
      );
      return settled;
    };
  }

  test('resolves in order, as the duplex takes what was sent before, control frames too', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server' });
    const at = follow(connection);
    const log = at('nothing');
    await settled();
    expect(log).toEqual(['nothing']);
    connection.send('a');
    at('a');
    void connection.ping();
    at('ping');
    await settled();
    at('nothing more');
    connection.send('b');
    at('b');
    await settled();
    expect(log).toEqual(['nothing']);
    duplex.finish();
    await settled();
    expect(log).toEqual(['nothing', 'a', 'ping', 'nothing more']);
    duplex.finish();
    await settled();
    expect(log.slice(4)).toEqual(['b']);
  });

  test('is told also where it is asked of what left before anyone asked', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server' });
    connection.send('first');
    await settled();
    duplex.finish();
    await settled();
    connection.send('short');
    await settled();
    const log = follow(connection)('short');
    await settled();
    expect(log).toEqual([]);
    for (let writes = 0; writes < 2; writes++) {
      duplex.finish();
      await settled();
    }
    expect([log, connection.bufferedBytes]).toEqual([['short'], 0]);
  });

  test('waits for all portions of a long message, and for what is being made', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server' });
    const at = follow(connection);
    connection.send(Buffer.alloc(300 * KIB));
    const log = at('long');
    await settled();
    at('long, asked later');
    while (connection.bufferedBytes > 0) {
      expect(log).toEqual([]);
      duplex.finish();
      await settled();
    }
    expect(log).toEqual(['long', 'long, asked later']);
    let give: (() => void) | undefined;
    async function* source(): AsyncGenerator<string> {
      await new Promise<void>((resolve) => (give = resolve));
      yield 'made';
    }
    void connection.sendStream(source());
    connection.send('behind');
    at('behind');
    await settled();
    expect(log).toHaveLength(2);
    give!();
    await settled();
    while (connection.bufferedBytes > 0) {
      duplex.finish();
      await settled();
    }
    expect(log.slice(2)).toEqual(['behind']);
  });

  test('rejects when the connection ends before, wherever the message was', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server' });
    const at = follow(connection);
    connection.send('written');
    const log = at('written');
    await settled();
    connection.send('gathered');
    at('gathered');
    void connection.sendStream(new ReadableStream()).catch(() => undefined);
    at('behind a stream');
    connection.terminate();
    await settled();
    at('late');
    await settled();
    expect(log.sort()).toEqual(
      ['behind a stream', 'gathered', 'late', 'written'].map((name) => `${name}: ERR_SOKKER_CLOSED`),
    );
  });
});

describe('acceptedMessages', () => {
  test('counts whole messages that the duplex has taken, control frames apart', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server' });
    expect(connection.acceptedMessages).toBe(0);
    connection.send('a');
    connection.send('b');
    void connection.ping();
    await settled();
    connection.send('c');
    await settled();
    expect(connection.acceptedMessages).toBe(0);
    duplex.finish();
    await settled();
    expect(connection.acceptedMessages).toBe(2);
    duplex.finish();
    await settled();
    expect(connection.acceptedMessages).toBe(3);
    connection.send('lost');
    connection.terminate();
    await settled();
    expect(connection.acceptedMessages).toBe(3);
  });

  test('not what was framed behind a message that leaves in portions', async () => {
    const duplex = new SlowDuplex();
    const connection = new Connection(duplex, { role: 'server' });
    expect(connection.acceptedMessages).toBe(0);
    connection.send(Buffer.alloc(300 * KIB));
    await settled();
    connection.send('behind');
    while (connection.bufferedBytes > 8) {
      expect(connection.acceptedMessages).toBe(0);
      duplex.finish();
      await settled();
    }
    expect([connection.acceptedMessages, connection.bufferedBytes]).toEqual([1, 8]);
    duplex.finish();
    await settled();
    expect([connection.acceptedMessages, connection.bufferedBytes]).toEqual([2, 0]);
  });

  /** Makes a byte of every message. */
  class Press extends ToyCoder {
    readonly #pieces = Array<Buffer>();
    override readonly encode = {
      write: (): unknown => this.#pieces.push(Buffer.of(1)),
      read: (): Buffer | undefined => this.#pieces.shift(),
    } as unknown as ToyCoder['encode'];

    override encodeShared(): Buffer {
      return Buffer.of(1);
    }
  }

  describe.each<Role>(['server', 'client'])('of a %s whose messages become short', (role) => {
    const data = Buffer.alloc(10 * KIB);
    const waiting = { peerReads: false, wireBytes: 1, maxBufferedBytes: 25 * KIB, highWaterMarkBytes: 15 * KIB };

    test.each([
      ['given', data],
      ['prepared', prepare(data)],
    ])('has them %s count as they were until they are taken', async (_, message) => {
      const it = scene({ ...waiting, role, session: { coder: new Press() } }).record();
      const { connection } = it;
      expect(connection.acceptedMessages).toBe(0);
      expect([connection.send(message), connection.send(message)]).toEqual([true, false]);
      const header = role === 'client' ? 6 : 2;
      expect(connection.bufferedBytes).toBe(2 * (header + data.length));
      await settled();
      expect(connection.send(message)).toBe(false);
      it.read();
      await settled();
      expect([connection.acceptedMessages, connection.bufferedBytes, it.log]).toEqual([3, 0, ['drain']]);
      expect(connection.send(message)).toBe(true);
      await settled();
      expect([connection.acceptedMessages, connection.bufferedBytes]).toEqual([4, 0]);
    });

    test('ends it for a peer that leaves too many of them', async () => {
      const it = scene({ ...waiting, role, session: { coder: new Press() } });
      expect(it.connection.acceptedMessages).toBe(0);
      for (let count = 0; count < 4; count++) it.connection.send(data);
      await settled();
      expect(it.closed?.error).toMatchObject({ code: 'ERR_SOKKER_TOO_SLOW' });
    });

    test('not where nobody asked', async () => {
      const it = scene({ ...waiting, role, session: { coder: new Press() } });
      for (let count = 0; count < 10; count++) expect(it.connection.send(data)).toBe(true);
      await settled();
      expect(it.connection.bufferedBytes).toBeLessThan(100);
    });
  });
});

/** A duplex that has taken a write when told so. */
class SlowDuplex extends Duplex {
  writes = 0;
  #callback: ((error?: Error) => void) | undefined;

  finish(error?: Error): void {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.(error);
  }

  override _read(): void {
    // Nobody writes to us.
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error) => void): void {
    this.writes++;
    this.#callback = callback;
  }
}

test('what was dropped does not end what is gone', () => {
  const duplex = new SlowDuplex();
  const sink = { onWrite() {}, onRoom() {}, onMoved() {}, waitingBytes: 7, midFrame: false, closeFramed: false };
  const writer = new Writer(duplex, new ConnectionSettings({ role: 'server' }), sink);
  expect(writer.bufferedBytes).toBe(7);
  writer.drop();
  writer.end();
  expect([duplex.writableEnded, writer.bufferedBytes]).toEqual([false, 0]);
});
