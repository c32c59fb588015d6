import { Opcode, type Role } from '@sokker/frame';
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import type { MessageSource, SendStreamOptions } from '../src/index.js';
import { ToyCoder } from './coder.js';
import { rejection, scene, settled, until, type Scene } from './scene.js';

const KIB = 1024;

/** A source that yields when told to, and keeps count. */
class Tap implements AsyncIterable<string | Buffer> {
  asked = 0;
  returned = 0;
  #waiting: ((step: IteratorResult<string | Buffer, undefined>) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;

  give(value: string | Buffer): Promise<void> {
    this.#waiting?.({ done: false, value });
    return settled();
  }

  end(): Promise<void> {
    this.#waiting?.({ done: true, value: undefined });
    return settled();
  }

  fail(error: unknown): Promise<void> {
    this.#fail?.(error);
    return settled();
  }

  [Symbol.asyncIterator](): AsyncIterator<string | Buffer, undefined> {
    return {
      next: () => {
        this.asked++;
        return new Promise((resolve, reject) => ([this.#waiting, this.#fail] = [resolve, reject]));
      },
      return: () => {
        this.returned++;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

function begin(
  it: Scene,
  options: SendStreamOptions = {},
): { tap: Tap; done: Promise<void>; outcome: Promise<Error | undefined> } {
  const tap = new Tap();
  const done = it.connection.sendStream(tap, options);
  const outcome = done.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  return { tap, done, outcome };
}

function* pieces(count: number, bytes: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(bytes, i);
}

describe.each<Role>(['server', 'client'])('as %s', (role) => {
  test('fragments while it is being made, and a last empty one', async () => {
    const it = scene({ role });
    const { tap, done } = begin(it, { type: 'text' });
    await settled();
    await tap.give('Hel');
    await tap.give('lo');
    expect(it.sent()).toEqual(['…text Hel', '…continuation lo']);
    await tap.end();
    await done;
    expect(it.sent()).toEqual(['continuation']);
  });

  test('one frame where the size is known', async () => {
    const it = scene({ role });
    await it.connection.sendStream(['Hel', 'lo'], { type: 'text', bytes: 5 });
    await settled();
    expect(it.sent()).toEqual(['text Hello']);
  });

  test.each<[string, SendStreamOptions]>([
    ['in fragments', {}],
    ['of a known size', { bytes: 0 }],
  ])('a message of nothing %s', async (_, options) => {
    const it = scene({ role });
    await it.connection.sendStream([], options);
    await it.connection.sendStream(['', Buffer.alloc(0)], options);
    await settled();
    expect(it.sent().filter((frame) => !frame.startsWith('…'))).toEqual(['binary', 'binary']);
  });

  test('the payload is the source, whatever its pieces', async () => {
    const it = scene({ role });
    const expected = Buffer.concat([...pieces(7, 100 * KIB)]);
    for (const bytes of [undefined, expected.length]) {
      await it.connection.sendStream(pieces(7, 100 * KIB), { bytes });
      await settled(20);
      expect(it.payload.equals(expected)).toBe(true);
      for (const { payload } of it.frames.splice(0)) {
        if (bytes === undefined) expect(payload.length).toBeLessThanOrEqual(64 * KIB);
      }
    }
  });
});

describe('control frames', () => {
  test('Ping and Pong pass between fragments', async () => {
    const it = scene().record();
    const { tap } = begin(it);
    await settled();
    await tap.give('a');
    void it.connection.ping('ours').catch(() => undefined);
    it.send(Opcode.ping, 'theirs');
    await settled();
    await tap.give('b');
    await tap.end();
    expect(it.sent()).toEqual(['…binary a', 'ping ours', 'pong theirs', '…continuation b', 'continuation']);
  });

  test('inside one frame they wait for its end; of the Pongs only the newest leaves', async () => {
    const it = scene().record();
    const { tap } = begin(it, { bytes: 2 });
    it.connection.send('behind');
    await settled();
    await tap.give('a');
    void it.connection.ping('first').catch(() => undefined);
    void it.connection.ping('second').catch(() => undefined);
    for (const payload of ['x', 'y', 'z']) it.send(Opcode.ping, payload);
    await settled();
    expect(it.log).toEqual(['ping x', 'ping y', 'ping z']);
    await tap.give('b');
    await tap.end();
    expect(it.sent()).toEqual(['binary ab', 'ping first', 'ping second', 'pong z', 'text behind']);
  });

  test('a Pong is answered while the source is waited for, and nothing of a frame is out yet', async () => {
    const it = scene();
    begin(it, { bytes: 1 });
    await settled();
    it.send(Opcode.ping, 'p');
    await settled();
    expect(it.sent()).toEqual(['pong p']);
  });
});

describe('order', () => {
  test('messages wait for the one before; two senders never mix', async () => {
    const it = scene();
    const first = begin(it, { type: 'text' });
    const second = begin(it, { type: 'text' });
    it.connection.send('whole');
    const third = it.connection.sendStream(['third'], { type: 'text', bytes: 5 });
    await settled();
    expect([first.tap.asked, second.tap.asked]).toEqual([1, 0]);
    await first.tap.give('a');
    await first.tap.end();
    await second.tap.give('b');
    await second.tap.end();
    await third;
    await settled();
    expect(it.sent()).toEqual(['…text a', 'continuation', '…text b', 'continuation', 'text whole', 'text third']);
  });

  test('200 senders at once: every message whole, in the order of the calls', async () => {
    const it = scene({ maxBufferedBytes: Infinity });
    const all = Array.from({ length: 200 }, (_, i) => {
      const text = `message ${i}`;
      if (i % 3 === 0) return Promise.resolve(it.connection.send(text));
      return it.connection.sendStream(Array.from(text), { type: 'text', bytes: i % 3 === 1 ? text.length : undefined });
    });
    await Promise.all(all);
    await settled();
    const messages: string[] = [];
    let open = '';
    for (const { fin, payload } of it.frames) {
      open += payload.toString();
      if (fin) messages.push(open);
      if (fin) open = '';
    }
    expect(messages).toEqual(Array.from({ length: 200 }, (_, i) => `message ${i}`));
  });

  test('close() waits for the end of the message', async () => {
    const it = scene();
    const { tap, done } = begin(it);
    await settled();
    await tap.give('a');
    void it.connection.close();
    await settled();
    expect(it.sent()).toEqual(['…binary a']);
    await tap.end();
    await done;
    expect(it.sent()).toEqual(['continuation', 'close 1000']);
  });

  test.each<[string, SendStreamOptions, string[], string[]]>([
    ['between its fragments', {}, ['…binary a', 'pong p'], ['…continuation b', 'continuation', 'close 1000']],
    ['behind its one frame', { bytes: 2 }, [], ['binary ab', 'pong p', 'close 1000']],
  ])('and meanwhile Pings are answered, %s (RFC 6455 §5.5.2)', async (_, options, during, after) => {
    const it = scene();
    const { tap } = begin(it, options);
    await settled();
    await tap.give('a');
    void it.connection.close();
    it.send(Opcode.ping, 'p');
    await settled();
    expect(it.sent()).toEqual(during);
    await tap.give('b');
    await tap.end();
    expect(it.sent()).toEqual(after);
  });

  test('streams that wait count as buffered, and beyond the limit the peer is too slow', async () => {
    const it = scene({ maxBufferedBytes: 100_000 }).record();
    begin(it);
    await settled();
    expect(it.connection.bufferedBytes).toBe(0);
    const codes: unknown[] = [];
    for (let i = 0; i < 60; i++) {
      it.connection.sendStream(['a']).catch((error: unknown) => codes.push((error as { code: string }).code));
    }
    await settled();
    expect(it.log).toEqual(['error ERR_SOKKER_TOO_SLOW', 'close']);
    expect(codes.filter((code) => code === 'ERR_SOKKER_TOO_SLOW')).toHaveLength(1);
    expect(codes).toHaveLength(60);
    expect(it.connection.bufferedBytes).toBe(0);
  });

  test('a stream whose signal has aborted waits for nothing', async () => {
    const it = scene().record();
    begin(it);
    await settled();
    const aborted = it.connection.sendStream(['a'], { signal: AbortSignal.abort(new Error('too late')) });
    await expect(aborted).rejects.toThrow('too late');
    expect(it.connection.bufferedBytes).toBe(0);
  });

  test('messages that wait count as buffered, and beyond the limit the peer is too slow', async () => {
    const it = scene({ maxBufferedBytes: 100_000 }).record();
    begin(it);
    await settled();
    for (let i = 0; i < 700; i++) it.connection.send('');
    expect(it.connection.bufferedBytes).toBeGreaterThan(700 * 100);
    for (let i = 0; i < 700; i++) it.connection.send('');
    await settled();
    expect(it.log).toEqual(['error ERR_SOKKER_TOO_SLOW', 'close']);
  });
});

describe('a source that gives other than it announced', () => {
  test.each([
    ['less', ['ab'], 3],
    ['nothing', [], 1],
    ['less, in parts', ['a', 'b'], 100],
  ])('%s: the connection ends, and no message was complete', async (_, source, bytes) => {
    const it = scene().record();
    const error = await rejection(it.connection.sendStream(source, { bytes }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
    await settled();
    expect(it.sent()).toEqual([]);
    if (source.length === 0) return expect(it.connection.state).toBe('open');
    expect(it.log).toEqual(['error ERR_SOKKER_MESSAGE_ABORTED', 'close']);
    expect(it.closed).toMatchObject({ code: 1011, clean: false, by: 'us' });
  });

  test.each([
    ['more in the first piece: nothing was begun, the connection goes on', ['abcd'], 3, true],
    ['more in a later piece', ['ab', 'cd'], 3, false],
    ['more after it was complete', ['abc', 'd'], 3, true],
    ['something instead of nothing', ['a'], 0, true],
  ])('%s', async (_, source, bytes, open) => {
    const it = scene().record();
    expect(await rejection(it.connection.sendStream(source, { bytes }))).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
    await settled();
    expect(it.sent()).toEqual([]);
    expect(it.connection.state).toBe(open ? 'open' : 'closed');
  });

  test('the size is checked where an extension codes the message, too', async () => {
    for (const [source, bytes] of [
      [['ab'], 3],
      [['ab', 'cd'], 3],
    ] as const) {
      const it = scene({ session: { coder: new ToyCoder() } }).record();
      expect(await rejection(it.connection.sendStream(source, { bytes }))).toMatchObject({
        code: 'ERR_SOKKER_ARGUMENT',
      });
      await settled();
      const sent = it.sent();
      expect(sent.at(-1)).toBe('close 1011');
      expect(sent.slice(0, -1).every((frame) => frame.startsWith('…'))).toBe(true);
    }
  });

  test.each<[string, SendStreamOptions]>([
    ['a negative size', { bytes: -1 }],
    ['a fraction', { bytes: 1.5 }],
    ['beyond 2^53', { bytes: 2 ** 53 }],
    ['a type of another kind', { type: 'json' as never }],
    ['a signal of another kind', { signal: {} as never }],
    ['an unknown option', { size: 5 } as never],
  ])('refused at once: %s', async (_, options) => {
    const it = scene();
    expect(() => it.connection.sendStream(['a'], options)).toThrow(TypeError);
    expect(() => it.connection.sendStream('a string' as never)).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }),
    );
    it.connection.send('goes on');
    await settled();
    expect(it.sent()).toEqual(['text goes on']);
  });
});

describe('a message that is aborted', () => {
  test('before its turn: the connection goes on, source and signal are let go at once', async () => {
    const it = scene();
    const first = begin(it);
    const { signal, abort } = aborting();
    const second = begin(it, { signal });
    const readable = Readable.from(['x']);
    const third = it.connection.sendStream(readable, { signal });
    it.connection.send('behind');
    await settled();
    const reason = new Error('changed my mind');
    abort(reason);
    expect(await second.outcome).toBe(reason);
    expect(await rejection(third)).toBe(reason);
    expect(readable.destroyed).toBe(true);
    expect(second.tap).toMatchObject({ asked: 0, returned: 0 });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await first.tap.give('a');
    await first.tap.end();
    await first.done;
    await settled();
    expect(it.sent()).toEqual(['…binary a', 'continuation', 'text behind']);
  });

  test('before it is handed over', async () => {
    const it = scene();
    const source = Readable.from(['x']);
    const reason = new Error('already');
    expect(await rejection(it.connection.sendStream(source, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(source.destroyed).toBe(true);
    await it.connection.sendStream(['next']);
    await settled();
    expect(it.sent()).toEqual(['…binary next', 'continuation']);
  });

  test('while its first piece is waited for: nothing was sent, the connection goes on', async () => {
    const it = scene();
    const { signal, abort } = aborting();
    const { tap, outcome } = begin(it, { signal });
    await settled();
    abort('a reason that is no error');
    expect(await outcome).toBe('a reason that is no error');
    expect(tap.returned).toBe(1);
    await it.connection.sendStream(['next']);
    await settled();
    expect(it.sent()).toEqual(['…binary next', 'continuation']);
  });

  test('between fragments: Close 1011, and nothing is complete', async () => {
    const it = scene().record();
    const { signal, abort } = aborting();
    const { tap, outcome } = begin(it, { signal });
    it.connection.send('never sent');
    await settled();
    await tap.give('a');
    abort(new Error('enough'));
    expect((await outcome)?.message).toBe('enough');
    await settled();
    expect(it.sent()).toEqual(['…binary a', 'close 1011']);
    expect(tap.returned).toBe(1);
    it.sendClose(1011);
    it.far.end();
    await settled();
    expect(it.log).toEqual(['error ERR_SOKKER_MESSAGE_ABORTED', 'close']);
    expect(it.errors[0]?.cause).toBe(await outcome);
    expect(it.closed).toMatchObject({ code: 1011, clean: false, by: 'us' });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('inside one frame: the connection is lost without a Close, which would be read as payload', async () => {
    const it = scene().record();
    const { signal, abort } = aborting();
    const { tap, outcome } = begin(it, { signal, bytes: 10 });
    await settled();
    await tap.give('abc');
    abort(new Error('enough'));
    await outcome;
    await settled();
    expect(it.frames).toEqual([]);
    expect(Buffer.concat(it.chunks).toString('latin1')).toBe('\x82\x0aabc');
    expect(it.closed).toMatchObject({ code: 1011, clean: false, by: 'us' });
  });

  test('while it waits for room', async () => {
    const it = scene({ peerReads: false, wireBytes: 1000 }).record();
    const { signal, abort } = aborting();
    const done = it.connection.sendStream(pieces(100, 64 * KIB), { signal });
    await settled();
    abort(new Error('enough'));
    expect((await rejection(done)).message).toBe('enough');
    it.read();
    await settled();
    expect(it.sent().at(-1)).toBe('close 1011');
  });

  test('a coder that has seen part of it is out of step: the connection ends', async () => {
    const coder = new ToyCoder({ holds: true });
    const it = scene({ session: { coder } }).record();
    const { signal, abort } = aborting();
    const { tap, outcome } = begin(it, { signal });
    await settled();
    await tap.give('swallowed');
    expect(it.frames).toEqual([]);
    abort(new Error('enough'));
    await outcome;
    await settled();
    expect(it.sent()).toEqual(['close 1011']);
    expect(it.errors).toEqual([expect.objectContaining({ code: 'ERR_SOKKER_MESSAGE_ABORTED' })]);
  });

  test('after its end the signal means nothing, and nothing listens to it', async () => {
    const it = scene();
    const { signal, abort } = aborting();
    for (let i = 0; i < 5; i++) await it.connection.sendStream(['a', 'b'], { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    abort(new Error('late'));
    it.connection.send('goes on');
    await settled();
    expect(it.sent().at(-1)).toBe('text goes on');
  });
});

describe('a failure while our Close waits behind a message', () => {
  const failures: [string, (it: Scene, abort: (reason: unknown) => void) => unknown, number][] = [
    ['an abort', (_, abort) => abort(new Error('enough')), 1011],
    ['a violation', (it) => it.far.write(Buffer.from([0x83, 0x80])), 1002],
  ];

  test.each(failures)('%s: its code leaves in place of ours', async (_, fail, code) => {
    const it = scene().record();
    const { signal, abort } = aborting();
    const { tap, outcome } = begin(it, { signal });
    await settled();
    await tap.give('a');
    void it.connection.close(4000);
    fail(it, abort);
    await outcome;
    await settled();
    expect(it.sent()).toEqual(['…binary a', expect.stringMatching(new RegExp(`^close ${code}`))]);
    it.far.end();
    await settled();
    expect(it.closed).toMatchObject({ code, clean: false, by: 'us' });
  });

  test('only the first failure says its code', async () => {
    const it = scene().record();
    const { tap, outcome } = begin(it, {});
    it.connection.on('error', () => it.connection.fail(new Error('because of it')));
    await settled();
    await tap.give('a');
    it.far.write(Buffer.from([0x83, 0x80]));
    await outcome;
    await settled();
    expect(it.sent()).toEqual(['…binary a', expect.stringMatching(/^close 1002/)]);
    it.far.end();
    await settled();
    expect(it.closed).toMatchObject({ code: 1002, error: it.errors[0] });
  });

  test.each(failures)('%s inside one frame: the socket is destroyed', async (_, fail, code) => {
    const it = scene().record();
    const { signal, abort } = aborting();
    const { tap, outcome } = begin(it, { signal, bytes: 10 });
    await settled();
    await tap.give('abc');
    void it.connection.close(4000);
    fail(it, abort);
    await outcome;
    await settled();
    expect(it.near.destroyed).toBe(true);
    expect(Buffer.concat(it.chunks).toString('latin1')).toBe('\x82\x0aabc');
    expect(it.closed).toMatchObject({ code, clean: false, by: 'us' });
  });
});

describe('a source that fails', () => {
  test('before its first piece: the promise tells, the connection goes on', async () => {
    const it = scene().record();
    const { tap, outcome } = begin(it);
    await settled();
    await tap.fail(new Error('no such file'));
    expect((await outcome)?.message).toBe('no such file');
    it.connection.send('goes on');
    await settled();
    expect(it.sent()).toEqual(['text goes on']);
    expect(it.log).toEqual([]);
  });

  test('later: Close 1011', async () => {
    const it = scene().record();
    const { tap, outcome } = begin(it, { type: 'text' });
    await settled();
    await tap.give('begun');
    await tap.fail(new Error('disk on fire'));
    expect((await outcome)?.message).toBe('disk on fire');
    expect(it.sent()).toEqual(['…text begun', 'close 1011']);
  });

  test('with something that is neither string nor bytes', async () => {
    const it = scene();
    const error = await rejection(it.connection.sendStream([5] as never));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
    expect(it.connection.state).toBe('open');
  });

  test('by its own iterator', async () => {
    const it = scene();
    const broken = {
      [Symbol.asyncIterator]: () => {
        throw new Error('not today');
      },
    };
    expect((await rejection(it.connection.sendStream(broken as never))).message).toBe('not today');
    it.connection.send('goes on');
    await settled();
    expect(it.sent()).toEqual(['text goes on']);
  });
});

test('our Close waits behind a message that the Close of the peer cuts short: it still leaves, once', async () => {
  const it = scene();
  const { tap, outcome } = begin(it);
  it.connection.send('never sent');
  await settled();
  await tap.give('a');
  void it.connection.close(4000);
  it.sendClose(4001);
  await outcome;
  await settled();
  expect(it.sent()).toEqual(['…binary a', 'close 4000']);
  it.far.end();
  await settled();
  expect(it.closed).toMatchObject({ code: 4001, clean: true });
});

test('the same inside one frame: no Close is written into it', async () => {
  const it = scene();
  const { tap, outcome } = begin(it, { bytes: 10 });
  await settled();
  await tap.give('abc');
  void it.connection.close(4000);
  it.sendClose(4001);
  await outcome;
  await settled();
  expect(Buffer.concat(it.chunks).toString('latin1')).toBe('\x82\x0aabc');
  expect(it.closed).toMatchObject({ code: 4001, clean: false, by: 'us', phase: 'closing' });
});

describe('a connection that ends', () => {
  const ends: [string, (it: Scene) => unknown][] = [
    ['the peer closes', (it) => it.sendClose(1000)],
    ['the peer ends TCP', (it) => it.far.end()],
    ['a reset', (it) => it.far.resetAndDestroy()],
    ['terminate()', (it) => it.connection.terminate()],
    ['a violation', (it) => it.far.write(Buffer.from([0xf0]))],
  ];

  test.each(
    ends.flatMap(([name, end]) =>
      ['not begun', 'in fragments', 'in one frame'].map((form) => [name, form, end] as const),
    ),
  )('%s, message %s: it fails, those behind it too, and all is let go', async (_, form, end) => {
    const it = scene().record();
    const { signal } = aborting();
    const first = begin(it, { signal, bytes: form === 'in one frame' ? 10 : undefined });
    const second = begin(it, { signal });
    it.connection.send('whole');
    await settled();
    if (form !== 'not begun') await first.tap.give('abc');
    end(it);
    const errors = await Promise.all([first.outcome, second.outcome]);
    for (const error of errors) expect((error as { code?: string }).code).toMatch(/^ERR_SOKKER_/);
    await settled();
    expect(first.tap.returned).toBe(1);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const frames = it.sent();
    const begun = frames.findIndex((frame) => frame.startsWith('…'));
    // Behind fragments of a message nothing but control frames may come (RFC 6455 §5.4).
    if (begun !== -1) expect(frames.slice(begun + 1).every((frame) => frame.startsWith('close'))).toBe(true);
    it.far.end();
    await settled();
    expect(it.log.at(-1)).toBe('close');
    expect(it.connection.bufferedBytes).toBe(0);
  });

  test('a rejection that nobody awaits is not an uncaught one', async () => {
    const it = scene();
    void it.connection.sendStream(new Tap());
    void it.connection.ping();
    await settled();
    it.connection.terminate();
    await settled();
    void it.connection.sendStream(['late']);
    void it.connection.ping();
    void it.connection.writable();
    await settled();
  });

  test('what is handed over after the end is let go', async () => {
    const it = scene();
    it.connection.terminate();
    const source = Readable.from(['a']);
    const { signal } = aborting();
    expect(await rejection(it.connection.sendStream(source, { signal }))).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
    expect(source.destroyed).toBe(true);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('back-pressure', () => {
  test.each<[string, SendStreamOptions]>([
    ['in fragments', {}],
    ['in one frame', { bytes: 64 * 2 ** 20 }],
  ])('%s: a peer that does not read stops the source; then everything arrives', async (_, options) => {
    const it = scene({ peerReads: false, wireBytes: 16 * KIB });
    const total = 64 * 2 ** 20;
    let given = 0;
    const source = function* (): Generator<Buffer> {
      for (; given < total; given += 64 * KIB) yield Buffer.alloc(64 * KIB);
    };
    const done = it.connection.sendStream(source(), options);
    let most = 0;
    for (let turn = 0; turn < 200; turn++) {
      await settled(1);
      most = Math.max(most, it.connection.bufferedBytes);
    }
    // Below the high-water mark one more piece is asked for.
    expect(most).toBeLessThanOrEqual(2 * 64 * KIB + 14);
    expect(given).toBeLessThanOrEqual(5 * 64 * KIB);
    let received = 0;
    it.far.on('data', (chunk: Buffer) => (received += chunk.length));
    await done;
    await until(() => received >= total);
    await settled();
    expect(it.connection.bufferedBytes).toBe(0);
  });

  test('a source that always has more lets others have their turn', async () => {
    const it = scene({ highWaterMarkBytes: Infinity, maxBufferedBytes: Infinity });
    let stop = false;
    const source = function* (): Generator<string> {
      while (!stop) yield 'more';
    };
    const done = it.connection.sendStream(source());
    await settled(3);
    stop = true;
    await done;
  });

  test.each<[string, (given: { count: number }) => MessageSource]>([
    [
      'a Readable',
      (given) =>
        new Readable({
          highWaterMark: 16 * KIB,
          read() {
            given.count++;
            this.push(given.count > 1000 ? null : Buffer.alloc(16 * KIB));
          },
        }),
    ],
    [
      'a ReadableStream',
      (given) =>
        new ReadableStream<Uint8Array>({
          pull(controller) {
            given.count++;
            if (given.count > 1000) controller.close();
            else controller.enqueue(new Uint8Array(16 * KIB));
          },
        }),
    ],
  ])('%s is asked for no more than fits', async (_, make) => {
    const it = scene({ peerReads: false, wireBytes: 16 * KIB });
    const given = { count: 0 };
    const done = it.connection.sendStream(make(given));
    await settled(100);
    expect(given.count).toBeLessThan(20);
    it.read();
    await done;
    await settled(20);
    expect(it.payload.length).toBe(1000 * 16 * KIB);
  });
});

function aborting(): { signal: AbortSignal; abort: (reason: unknown) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}

describe('what waits behind a stream', () => {
  test.each([
    ['one message of 64 KiB', [65_536]],
    ['many that are as much together', Array<number>(100).fill(1000)],
    ['more than the high-water mark', [200_000]],
  ])('%s: does not keep it from going on', async (_, sizes) => {
    const it = scene();
    const resume: (() => void)[] = [];
    async function* slow(): AsyncGenerator<string> {
      yield 'a';
      await new Promise<void>((resolve) => resume.push(resolve));
      yield 'b'.repeat(100_000);
      yield 'c';
    }
    const sent = it.connection.sendStream(slow(), { type: 'text' });
    for (const size of sizes) it.connection.send(Buffer.alloc(size));
    await until(() => resume.length === 1);
    resume[0]?.();
    await sent;
    await until(() => it.connection.bufferedBytes === 0);
    await settled();
    expect(it.payload.length).toBe(100_002 + sizes.reduce((sum, size) => sum + size, 0));
  });

  test('a peer that reads nothing stops it all the same', async () => {
    const it = scene({ peerReads: false, highWaterMarkBytes: 1000, wireBytes: 1000 });
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        given++;
        yield Buffer.alloc(500);
        await Promise.resolve();
      }
    }
    const sent = it.connection.sendStream(endless()).catch(() => 'ended');
    await settled(50);
    expect(given).toBeLessThan(10);
    it.connection.terminate();
    expect(await sent).toBe('ended');
  });
});

test.each<[string, (it: ReturnType<typeof scene>) => void]>([
  ['a message', (it) => it.connection.send('inner')],
  ['a stream', (it) => void it.connection.sendStream(['in', 'ner'], { type: 'text' })],
])('%s that a source sends when it is first asked comes behind its own', async (_, send) => {
  const it = scene();
  function* outer(): Generator<string> {
    send(it);
    yield 'ou';
    yield 'ter';
  }
  await it.connection.sendStream(outer(), { type: 'text' });
  await settled();
  expect(it.payload.toString()).toBe('outerinner');
  expect(it.closed).toBeUndefined();
});

test.each<[string, string]>([
  ['empty', ''],
  ['kept by a coder', 'x'],
])('pieces that make no frame leave the others their turn: %s', async (_, piece) => {
  const coder = new ToyCoder({ holds: true });
  const it = scene({ session: piece === '' ? {} : { coder }, rsv: 7 });
  let turns = 0;
  let given = 0;
  const count = (): void => {
    turns++;
    if (given < 1000) setImmediate(count);
  };
  setImmediate(count);
  function* many(): Generator<string> {
    while (given++ < 1000) yield piece;
  }
  await it.connection.sendStream(many(), { type: 'text' });
  expect(turns).toBeGreaterThan(20);
});

test('inside a frame whose length was declared nothing else could leave: `written` says no', async () => {
  const it = scene();
  const { tap, done } = begin(it, { bytes: 2 });
  await settled();
  expect(it.connection.vitals().written).toBe(true);
  await tap.give('a');
  expect(it.connection.bufferedBytes).toBe(0);
  expect(it.connection.vitals().written).toBe(false);
  await tap.give('b');
  await tap.end();
  await done;
  expect(it.connection.vitals().written).toBe(true);
});

describe('a message that is cut inside the coder', () => {
  test.each<[string, (it: Scene) => unknown, string[]]>([
    ['by a Close of the peer', (it) => it.sendClose(1000), ['close 1000']],
    ['by the end of TCP', (it) => it.far.end(), []],
  ])('%s is not glued to the next one', async (_, end, sent) => {
    const it = scene({ session: { coder: new ToyCoder({ holds: true }) } });
    const { tap, outcome } = begin(it);
    await settled();
    await tap.give('the first half of one message');
    it.connection.send('another message');
    end(it);
    expect(await outcome).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
    await settled();
    expect(it.sent()).toEqual(sent);
  });
});

describe('a message that is whole, and waits for room', () => {
  const waiting = { peerReads: false, wireBytes: 1, highWaterMarkBytes: 10 };

  test.each<[string, number, SendStreamOptions]>([
    ['of declared length', 64, { bytes: 64 }],
    ['in fragments', 7, {}],
  ])('%s: an abort comes too late', async (_, bytes, options) => {
    const it = scene(waiting);
    const controller = new AbortController();
    const { tap, outcome } = begin(it, { ...options, signal: controller.signal });
    await settled();
    await tap.give(Buffer.alloc(bytes));
    await tap.end();
    const done = jest.fn();
    void outcome.then(done);
    await settled();
    expect(done.mock.calls).toEqual([]);
    controller.abort();
    expect(await outcome).toBeUndefined();
    expect(it.connection.state).toBe('open');
    it.read();
    await settled();
    expect(it.payload).toHaveLength(bytes);
  });
});

test('what waits behind a message that is whole still goes before the answer to a Close', async () => {
  const it = scene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 100, lowWaterMarkBytes: 0 });
  const sent = it.connection.sendStream([Buffer.alloc(500)], { bytes: 500 });
  await settled();
  it.connection.send('behind, whole');
  it.sendClose(1000);
  await settled();
  it.read();
  await sent;
  await settled();
  expect(it.sent()).toEqual(['binary 500 bytes', 'text behind, whole', 'close 1000']);
});

describe('streams that are aborted while they wait', () => {
  test('leave their room to others at once', async () => {
    const it = scene({ highWaterMarkBytes: 16 * KIB });
    begin(it);
    const { signal, abort } = aborting();
    const rest = Array.from({ length: 20 }, () => begin(it, { signal }));
    const room = jest.fn();
    void it.connection.writable().then(room);
    await settled();
    expect([it.connection.bufferedBytes, room.mock.calls.length]).toEqual([20 * 2 * KIB, 0]);
    abort(new Error('never mind'));
    await Promise.all(rest.map(({ outcome }) => outcome));
    await settled();
    expect([it.connection.bufferedBytes, room.mock.calls.length]).toEqual([0, 1]);
  });

  test('do not add up behind one that goes on', async () => {
    const it = scene();
    const first = begin(it, { type: 'text' });
    for (let i = 0; i < 600; i++) {
      const { signal, abort } = aborting();
      const { outcome } = begin(it, { signal });
      abort(new Error('never mind'));
      await outcome;
    }
    expect([it.connection.bufferedBytes, it.connection.state]).toEqual([0, 'open']);
    await settled();
    await first.tap.give('a');
    await first.tap.end();
    expect(it.sent()).toEqual(['…text a', 'continuation']);
  });
});
