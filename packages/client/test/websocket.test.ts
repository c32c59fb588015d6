import { CloseEvent, connect, ErrorEvent, WebSocket, type ConnectError, type HeaderFields } from '@sokker/client';
import { once } from 'node:events';
import { BEHAVIOURS } from './websocket-behaviours.js';
import { behaviourServer } from './websocket-server.js';
import { listen, nextMessage, script, serve, type TestServer } from './server.js';

let server: TestServer;
beforeAll(async () => {
  server = await behaviourServer();
});
afterAll(() => server.close());

describe('as a browser does it', () => {
  test.each(BEHAVIOURS.map((behaviour) => [behaviour.area, behaviour.name, behaviour] as const))(
    '%s: %s',
    async (_area, _name, { check }) => {
      await check({ WebSocket, url: server.url });
    },
  );
});

describe('beyond the browser', () => {
  test('takes the options of connect as a third argument', async () => {
    let seen = '';
    const other = await script((_accept, _socket, request) => {
      seen = request.rawHeaders.join();
      return 'HTTP/1.1 401 \r\nContent-Length: 2\r\n\r\nno';
    });
    const socket = new WebSocket(other.url, [], { headers: { Cookie: 'a=1' }, handshakeTimeoutMs: 5000 });
    const failed = new Promise<ErrorEvent>((resolve) => (socket.onerror = resolve));
    const error = (await failed).error as ConnectError;
    expect(seen).toContain('Cookie,a=1');
    expect(error).toMatchObject({ code: 'ERR_SOKKER_DECLINED', status: 401, body: Buffer.from('no') });
    await other.close();
  });

  test('where the server chooses no subprotocol, onHeaders is not called and the socket is closed', async () => {
    const plain = await serve();
    const onHeaders = jest.fn();
    const socket = new WebSocket(plain.url, 'chat', { onHeaders });
    const failed = new Promise<ErrorEvent>((resolve) => (socket.onerror = resolve));
    expect((await failed).error).toMatchObject({ name: 'HandshakeError', code: 'ERR_SOKKER_RESPONSE_SUBPROTOCOL' });
    expect(onHeaders).not.toHaveBeenCalled();
    await once(plain.sockets[0]!, 'close');
    await plain.close();
  });

  test('onHeaders hears the response where a subprotocol was chosen, and where none was offered', async () => {
    for (const protocols of [['chat'], []]) {
      const chosen = new Promise((resolve) => {
        const onHeaders = (headers: HeaderFields): void => resolve(headers.get('sec-websocket-protocol'));
        const socket = new WebSocket(server.url, protocols, { onHeaders });
        socket.onopen = () => socket.close();
      });
      expect(await chosen).toBe(protocols[0]);
    }
  });

  test('a signal gives up connecting', async () => {
    const silent = await listen(() => undefined);
    const controller = new AbortController();
    const socket = new WebSocket(silent.url, [], { signal: controller.signal });
    const failed = new Promise<ErrorEvent>((resolve) => socket.addEventListener('error', resolve));
    const reason = new Error('enough');
    controller.abort(reason);
    expect((await failed).error).toBe(reason);
    await silent.close();
  });

  test('what failed is an Error, whatever the signal was aborted with', async () => {
    const socket = new WebSocket('ws://x.test', [], { signal: AbortSignal.abort('enough') });
    const { error, message } = await new Promise<ErrorEvent<Error>>((resolve) => (socket.onerror = resolve));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: 'ERR_SOKKER_UNREACHABLE', cause: 'enough', message });
  });

  test('empty messages arrive as ArrayBuffers, whatever another connection transfers to a thread', async () => {
    const says = await serve((connection) => void connection.send(Buffer.alloc(0)));
    const connection = await connect(says.url);
    const { data } = await nextMessage(connection);
    try {
      structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
    } catch {
      // Node.js 21 and later say no; Node.js 20 transfers a copy.
    }
    connection.terminate();
    const socket = new WebSocket(says.url);
    socket.binaryType = 'arraybuffer';
    const heard = await new Promise<MessageEvent<ArrayBuffer>>((resolve) => (socket.onmessage = resolve));
    expect(heard.data.byteLength).toBe(0);
    socket.close();
    await says.close();
  });

  test.each([
    ['by default', {}],
    ['where undefined is left to the default', { maxBufferedBytes: undefined }],
  ])('a slow peer is not cut off %s: bufferedAmount grows, and sinks as it reads', async (_when, options) => {
    let go: () => void = () => undefined;
    let bytes = 0;
    const slow = await serve((connection) => {
      connection.pause();
      go = () => connection.resume();
      connection.on('message', ({ data }) => {
        bytes += data.length;
        if (bytes === 32 * 1024 * 1024) void connection.close(1000);
      });
    });
    const socket = new WebSocket(slow.url, [], options);
    await new Promise((resolve) => (socket.onopen = resolve));
    const ended = new Promise<CloseEvent>((resolve) => (socket.onclose = resolve));
    for (let index = 0; index < 512; index++) socket.send(new Uint8Array(64 * 1024));
    expect(socket.bufferedAmount).toBe(32 * 1024 * 1024);
    go();
    expect(await ended).toMatchObject({ code: 1000, wasClean: true });
    expect(socket.bufferedAmount).toBe(0);
    await slow.close();
  });
});

describe('the events of our own', () => {
  test('CloseEvent has the defaults of the standard', () => {
    expect(new CloseEvent('close')).toMatchObject({ type: 'close', wasClean: false, code: 0, reason: '' });
    expect(new CloseEvent('x', { wasClean: true, code: 4000, reason: 'r' })).toMatchObject({ code: 4000, reason: 'r' });
    expect(new CloseEvent('x')).toBeInstanceOf(Event);
  });

  test('ErrorEvent carries the error', () => {
    const error = new Error('x');
    expect(new ErrorEvent('error', { error, message: 'x' })).toMatchObject({ error, message: 'x' });
  });
});
