/** What counts against `closeTimeoutMs`: time in which nothing moves. */
import type { Role } from '@sokker/frame';
import { ManualClock } from '@sokker/testkit';
import { once } from 'node:events';
import { Duplex, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Connection, ConnectionSettings, type CloseRecord, type MessageStream } from '../src/index.js';
import { scene, settled, until } from './scene.js';
import { sockets } from './sockets.js';

const CLOSE_MS = 5000;
const KIB = 1024;

/** A socket whose peer reads when the test says so, and that tells how much it still has, as those of Node do. */
class SlowSocket extends Duplex {
  readonly _handle = { writeQueueSize: 0 };
  #done: (() => void) | undefined;

  leave(bytes: number): void {
    const handle = this._handle;
    handle.writeQueueSize = Math.max(0, handle.writeQueueSize - bytes);
    if (handle.writeQueueSize > 0) return;
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this._handle.writeQueueSize = chunk.length;
    this.#done = done;
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }
}

/** Reads all that is there, answers how much: from Node.js 26 on, `read` answers one piece. */
function readAll(stream: Readable): number {
  let bytes = 0;
  for (let piece: unknown = stream.read(); piece !== null; piece = stream.read()) bytes += (piece as Buffer).length;
  return bytes;
}

test('an answer to a Close that has not left when we drop the connection makes no clean end', async () => {
  const it = scene({ peerReads: false, wireBytes: 1, maxBufferedBytes: Infinity });
  it.connection.send(Buffer.alloc(500 * KIB));
  it.sendClose(1000);
  await settled();
  it.connection.terminate();
  await settled();
  expect(it.closed).toMatchObject({ code: 1000, clean: false, by: 'peer', phase: 'closing' });
});

describe.each<Role>(['server', 'client'])('as %s', (role) => {
  const options = { role, closeTimeoutMs: CLOSE_MS, maxBufferedBytes: Infinity, peerReads: false, wireBytes: 64 * KIB };

  test('what was sent before the Close may take its time, while some of it leaves', async () => {
    const it = scene(options);
    const message = Buffer.alloc(2048 * KIB, 'a');
    it.connection.send(message);
    void it.connection.close();
    await settled();
    let read = 0;
    let rounds = 0;
    for (; it.connection.bufferedBytes > 0; rounds++) {
      it.clock.advance(CLOSE_MS - 1);
      read += readAll(it.far);
      await settled();
      expect(it.closed).toBeUndefined();
    }
    expect(rounds).toBeGreaterThan(2);
    read += readAll(it.far);
    expect(read).toBeGreaterThan(message.length);
    it.clock.advance(CLOSE_MS - 1);
    await settled();
    expect(it.closed).toBeUndefined();
    it.clock.advance(1);
    await settled();
    expect(it.closed?.error).toMatchObject({ code: 'ERR_SOKKER_CLOSE_TIMEOUT' });
    expect(it.clock.pending).toBe(0);
  });

  test.each([
    ['in the turn of the message', 0, 2048],
    ['at the beginning of a portion', 10, 2048],
    ['when little of a portion is left', 500, 2048],
    ['within the last portion', 1700, 2048],
    ['behind a single one', 10, 300],
  ])('nor is a socket cut that reads on, when it closes %s', async (_, readBefore, total) => {
    const clock = new ManualClock();
    const socket = new SlowSocket();
    const connection = new Connection(socket, { role, closeTimeoutMs: CLOSE_MS, clock, maxBufferedBytes: Infinity });
    connection.send(Buffer.alloc(total * KIB));
    for (let read = 0; read < readBefore; read += 10) {
      await settled();
      socket.leave(10 * KIB);
    }
    const closed = jest.fn();
    void connection.close().then(closed);
    // A second passes for 10 KiB: each portion takes longer than closeTimeoutMs.
    while (connection.bufferedBytes > 0) {
      await settled();
      socket.leave(10 * KIB);
      clock.advance(1000);
      expect(closed).not.toHaveBeenCalled();
    }
    await settled();
    clock.advance(2 * CLOSE_MS);
    await settled();
    expect(closed.mock.calls).toMatchObject([[{ code: 1006, error: { code: 'ERR_SOKKER_CLOSE_TIMEOUT' } }]]);
  });

  test('a message that is still being made may, too', async () => {
    const it = scene({ ...options, peerReads: true });
    let next = (): void => undefined;
    const sent = it.connection.sendStream(
      (async function* () {
        for (let piece = 0; piece < 5; piece++) {
          yield `${piece}`;
          await new Promise<void>((resolve) => (next = resolve));
        }
      })(),
    );
    void it.connection.close();
    for (let piece = 0; piece < 5; piece++) {
      await settled();
      it.clock.advance(CLOSE_MS - 1);
      next();
    }
    await sent;
    await settled();
    expect(it.payload.toString()).toBe('01234');
    expect(it.sent().at(-1)).toBe('close 1000');
  });
});

describe('when the socket is gone, what came before may be taken slowly', () => {
  const CLOSE = Buffer.from('88820000000003e8', 'hex');
  const COUNT = 20;
  const MESSAGES = Buffer.concat(Array<Buffer>(COUNT).fill(Buffer.from('81810000000061', 'hex')));
  const BODY = 40 * KIB;
  let clock: ManualClock;
  let it: Awaited<ReturnType<typeof sockets>>;

  beforeEach(async () => {
    it = await sockets();
    it.far.resume();
    clock = new ManualClock();
  });
  afterEach(() => it.letGo());

  function begin(receive: 'whole' | 'stream', sent: Buffer): { connection: Connection; gone: Promise<unknown> } {
    const settings = new ConnectionSettings({ role: 'server', clock, closeTimeoutMs: CLOSE_MS, receive });
    const connection = new Connection(it.near, settings);
    const gone = once(it.near, 'close');
    it.far.end(Buffer.concat([sent, CLOSE]));
    return { connection, gone };
  }

  /** As long as may pass between two. */
  async function pass(): Promise<void> {
    await settled();
    clock.advance(CLOSE_MS - 1);
    await settled();
  }

  async function expectClean(closed: Promise<CloseRecord>): Promise<void> {
    expect(await closed).toMatchObject({ code: 1000, clean: true });
    expect(clock.pending).toBe(0);
  }

  test('by a loop', async () => {
    const { connection } = begin('whole', MESSAGES);
    let taken = 0;
    for await (const message of connection) {
      expect(message.text()).toBe('a');
      taken++;
      await pass();
    }
    expect(taken).toBe(COUNT);
    await expectClean(connection.closed);
  });

  test('by a listener that pauses', async () => {
    const { connection } = begin('whole', MESSAGES);
    let taken = 0;
    connection.on('message', () => {
      taken++;
      connection.pause();
    });
    for (let round = 1; round <= COUNT; round++) {
      await until(() => taken === round);
      await pass();
      connection.resume();
    }
    await expectClean(connection.closed);
  });

  test('by who reads bodies', async () => {
    const header = Buffer.from('82fe' + BODY.toString(16).padStart(4, '0') + '00000000', 'hex');
    const { connection } = begin('stream', Buffer.concat(Array(4).fill(Buffer.concat([header, Buffer.alloc(BODY)]))));
    const bodies: MessageStream[] = [];
    connection.on('stream', (message) => bodies.push(message));
    for (let taken = 0; taken < 4; taken++) {
      await until(() => bodies.length > taken);
      await pass();
      expect(await text(bodies[taken]!.body)).toHaveLength(BODY);
    }
    await expectClean(connection.closed);
  });

  test('by `once`, again and again', async () => {
    const { connection, gone } = begin('whole', MESSAGES);
    await gone;
    for (let taken = 0; taken < COUNT; taken++) {
      await pass();
      await once(connection, 'message');
    }
    await expectClean(connection.closed);
  });

  test('by who takes a body piece by piece', async () => {
    const header = Buffer.from('82fe' + BODY.toString(16).padStart(4, '0') + '00000000', 'hex');
    const { connection, gone } = begin('stream', Buffer.concat([header, Buffer.alloc(BODY)]));
    const [message] = (await once(connection, 'stream')) as [MessageStream];
    await until(() => it.near.readableEnded);
    it.near.destroy();
    await gone;
    for (let left = BODY; left > 0; left -= 8 * KIB) {
      await pass();
      expect(message.body.read(8 * KIB)).toHaveLength(8 * KIB);
    }
    message.body.resume();
    // The peer's Close was read, but the socket was gone before ours could answer it.
    expect(await connection.closed).toMatchObject({ code: 1000, clean: false });
    expect(clock.pending).toBe(0);
  });

  test('and what is sent meanwhile is not taken', async () => {
    const { connection, gone } = begin('whole', MESSAGES);
    const waiting = connection.writable();
    await waiting;
    await gone;
    await settled();
    expect([connection.state, connection.send('too late')]).toEqual(['closing', false]);
    connection.discard();
    await expectClean(connection.closed);
  });

  test('but not be left', async () => {
    const { connection, gone } = begin('whole', MESSAGES);
    const closed = jest.fn();
    void connection.closed.then(closed);
    await gone;
    await settled();
    clock.advance(CLOSE_MS - 1);
    await settled();
    expect(closed).not.toHaveBeenCalled();
    clock.advance(1);
    await settled();
    expect(closed).toHaveBeenCalledTimes(1);
  });
});
