import { WebSocketError, WebSocketStream } from '@sokker/client';
import type { Connection } from '@sokker/connection';
import { once } from 'node:events';
import { behaviourServer } from './websocket-server.js';
import { listen, script, serve, switching, type TestServer } from './server.js';

let server: TestServer;
beforeAll(async () => {
  server = await behaviourServer();
});
afterAll(() => server.close());

const failureOf = (promise: Promise<unknown>): Promise<WebSocketError> =>
  promise.then(
    () => Promise.reject(new Error('it should have failed')),
    (error: unknown) => error as WebSocketError,
  );

describe('WebSocketStream', () => {
  test('reads and writes messages of both kinds', async () => {
    const stream = new WebSocketStream(server.url, { protocols: ['chat', 'echo'] });
    expect(stream.url).toBe(`${server.url}/`);
    const { readable, writable, protocol, extensions } = await stream.opened;
    expect([protocol, extensions]).toEqual(['chat', '']);
    const writer = writable.getWriter();
    const reader = readable.getReader();
    for (const chunk of [
      'text',
      new Uint8Array([1, 2]),
      new Uint8Array([3]).buffer,
      new DataView(new ArrayBuffer(1)),
    ]) {
      await writer.write(chunk);
    }
    expect((await reader.read()).value).toBe('text');
    for (const bytes of [[1, 2], [3], [0]]) expect((await reader.read()).value).toEqual(new Uint8Array(bytes));
    await writer.close();
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: '' });
    expect((await reader.read()).done).toBe(true);
  });

  test.each([
    [{ closeCode: 3456, reason: 'why' }, 3456],
    [undefined, 1005],
    [null, 1005],
    [{}, 1005],
    [{ reason: '' }, 1005],
    [{ reason: 'only' }, 1000],
  ])('close(%j) ends with %p', async (info, closeCode) => {
    const stream = new WebSocketStream(server.url);
    await stream.opened;
    stream.close(info as object);
    expect((await stream.closed).closeCode).toBe(closeCode);
  });

  test('close judges its arguments', async () => {
    const stream = new WebSocketStream(server.url);
    const { readable } = await stream.opened;
    expect(() => stream.close(true as never)).toThrow(TypeError);
    for (const closeCode of [999, 1001, 2999, 5000]) {
      expect(() => stream.close({ closeCode })).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }));
    }
    const long = { reason: '.'.repeat(124) };
    expect(() => stream.close(long)).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
    await readable.cancel();
  });

  test('the peer closes: the readable ends, the writable is in error', async () => {
    const stream = new WebSocketStream(`${server.url}/close?code=4000&reason=robot`);
    const { readable, writable } = await stream.opened;
    expect(await stream.closed).toEqual({ closeCode: 4000, reason: 'robot' });
    expect((await readable.getReader().read()).done).toBe(true);
    await expect(writable.getWriter().ready).rejects.toMatchObject({ name: 'InvalidStateError' });
  });

  test('a lost connection: closed and both streams fail with one error', async () => {
    const stream = new WebSocketStream(`${server.url}/abrupt`);
    const { readable, writable } = await stream.opened;
    const error = await failureOf(stream.closed);
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toMatchObject({ name: 'WebSocketError', closeCode: 1006, reason: '' });
    expect(await failureOf(readable.getReader().read())).toBe(error);
    expect(await failureOf(writable.getWriter().ready)).toBe(error);
  });

  test.each(['writable', 'readable'] as const)('a reason for %s to stop says how to close', async (side) => {
    const reasons: readonly (readonly [unknown, number, string])[] = [
      [undefined, 1005, ''],
      [{ closeCode: 3333, reason: 'ignored' }, 1005, ''],
      [new DOMException('ignored', 'DataCloneError'), 1005, ''],
      [new WebSocketError('', { closeCode: 3333 }), 3333, ''],
      [new WebSocketError('', { closeCode: 3456, reason: 'set' }), 3456, 'set'],
      [new WebSocketError('', { reason: 'specified' }), 1000, 'specified'],
    ];
    for (const [reason, closeCode, said] of reasons) {
      let heard: Connection | undefined;
      const other = await serve((connection) => (heard = connection));
      const stream = new WebSocketStream(other.url);
      const info = await stream.opened;
      await (side === 'writable' ? info.writable.abort(reason) : info.readable.cancel(reason));
      expect((await stream.closed).closeCode).toBe(closeCode);
      expect((await heard?.closed)?.reason).toBe(said);
      await other.close();
    }
  });

  test.each(['writable', 'readable'] as const)(
    'the loss of another connection, as the reason for %s to stop, closes this one without a code',
    async (side) => {
      const lost = new WebSocketStream(`${server.url}/abrupt`);
      const reason = await failureOf(lost.closed);
      expect(reason.closeCode).toBe(1006);
      const stream = new WebSocketStream(server.url);
      const info = await stream.opened;
      await (side === 'writable' ? info.writable.abort(reason) : info.readable.cancel(reason));
      expect(await stream.closed).toEqual({ closeCode: 1005, reason: '' });
    },
  );

  test('what is still being written is not closed cleanly', async () => {
    let peer: Connection | undefined;
    const deaf = await serve((connection) => {
      peer = connection;
      connection.pause();
    });
    const stream = new WebSocketStream(deaf.url);
    const { writable } = await stream.opened;
    const write = failureOf(writable.getWriter().write(new Uint8Array(32 * 1024 * 1024)));
    void peer?.close(4567);
    expect(await failureOf(stream.closed)).toMatchObject({ name: 'WebSocketError' });
    await write;
    await deaf.close();
  });

  test('a writer feels a peer that does not read', async () => {
    let peer: Connection | undefined;
    const slow = await serve((connection) => {
      peer = connection;
      connection.pause();
    });
    const stream = new WebSocketStream(slow.url);
    const { writable } = await stream.opened;
    const writer = writable.getWriter();
    let written = 0;
    const all = (async () => {
      for (; written < 400; written++) await writer.write(new Uint8Array(64 * 1024));
    })();
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBeLessThan(400);
    peer?.discard();
    peer?.resume();
    await all;
    await writer.close();
    await slow.close();
  });

  test('a peer feels a reader that does not read', async () => {
    let peer: Connection | undefined;
    const fast = await serve((connection) => (peer = connection));
    const stream = new WebSocketStream(fast.url);
    const { readable } = await stream.opened;
    let sent = 0;
    const fill = (): void => {
      while (sent < 1000 && peer!.send(Buffer.alloc(64 * 1024))) sent++;
    };
    fill();
    peer?.on('drain', fill);
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeLessThan(1000);
    await readable.cancel();
    await stream.closed;
    await fast.close();
  });

  test('close while connecting, a refusal, an aborted signal', async () => {
    const early = new WebSocketStream(server.url);
    early.close();
    const refused = new WebSocketStream(`${server.url}/refuse`);
    const reason = new Error('enough');
    const aborted = new WebSocketStream(`${server.url}/silent`, { signal: AbortSignal.abort(reason) });
    for (const stream of [early, refused]) {
      const error = await failureOf(stream.opened);
      expect(error).toBeInstanceOf(WebSocketError);
      expect(await failureOf(stream.closed)).toBe(error);
    }
    expect((await failureOf(refused.opened)).cause).toMatchObject({ status: 404 });
    expect(await failureOf(aborted.opened)).toBe(reason);
  });

  test('subprotocols of which the server chooses none: opened and closed reject with one error', async () => {
    const plain = await serve();
    const stream = new WebSocketStream(plain.url, { protocols: ['chat'] });
    const error = await failureOf(stream.opened);
    expect(error).toMatchObject({ name: 'WebSocketError', closeCode: 1006, reason: '' });
    expect(error.cause).toMatchObject({ code: 'ERR_SOKKER_RESPONSE_SUBPROTOCOL' });
    expect(await failureOf(stream.closed)).toBe(error);
    await once(plain.sockets[0]!, 'close');
    await plain.close();
  });

  test('a wrong URL throws', () => {
    expect(() => new WebSocketStream('nowhere')).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
  });

  test('a closing handshake that the peer does not finish is not clean', async () => {
    const rude = await script((accept, socket) => {
      socket.on('data', () => socket.destroy());
      return switching(accept);
    });
    const stream = new WebSocketStream(rude.url);
    await stream.opened;
    stream.close({ closeCode: 4000, reason: 'because' });
    expect(await failureOf(stream.closed)).toMatchObject({ closeCode: 1006 });
    await rude.close();
  });

  test('nobody has to look at its promises', async () => {
    const gone = await listen(() => undefined);
    await gone.close();
    const stream = new WebSocketStream(gone.url);
    await failureOf(stream.closed);
  });
});

describe('WebSocketError', () => {
  test('has the defaults and rules of the standard', () => {
    expect(new WebSocketError()).toMatchObject({
      name: 'WebSocketError',
      message: '',
      code: 0,
      closeCode: null,
      reason: '',
    });
    expect(new WebSocketError('m', { closeCode: 3456, reason: 'r' })).toMatchObject({ closeCode: 3456, reason: 'r' });
    expect(new WebSocketError('', { reason: 'r' }).closeCode).toBe(1000);
    expect(new WebSocketError()).toBeInstanceOf(DOMException);
    expect(() => new WebSocketError('', { closeCode: 1001 })).toThrow(
      expect.objectContaining({ name: 'InvalidAccessError' }),
    );
    expect(() => new WebSocketError('', { reason: '🔌'.repeat(32) })).toThrow(
      expect.objectContaining({ name: 'SyntaxError' }),
    );
  });
});
