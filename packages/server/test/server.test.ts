import { Opcode, parseClose } from '@sokker/frame';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reject, ServerConnection, SokkerServer, type Rejection, type ServerOptions } from '@sokker/server';
import { ManualClock } from '@sokker/testkit';
import { next, turnsUntil } from './rig.js';
import { header, request, Wire } from './wire.js';

const servers: { close(): Promise<void> }[] = [];

async function start<Context>(
  options: ServerOptions<Context> = {},
): Promise<{ server: SokkerServer<Context>; port: number }> {
  const server = new SokkerServer<Context>({ closeTimeoutMs: 20, ...options });
  servers.push(server);
  const { port } = await server.listen(0, '127.0.0.1');
  return { server, port };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('alone on a port', () => {
  test('a new server has no clients; before listen nobody answers', async () => {
    const { server, port } = await start();
    await server.close();
    const wire = new Wire(port);
    await wire.closed();
    expect(server.clients.size).toBe(0);
  });

  test('the handshake is answered, messages arrive with their connection, and go back', async () => {
    const { server, port } = await start();
    server.on('message', (message, connection) => connection.send(`${message.text()}!`));
    const opened = next(server, 'connection');
    const wire = await Wire.open(port, [], '/chat?x=1');
    expect(header(await wire.response(), 'sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    const [connection, asked] = await opened;
    expect(connection).toBeInstanceOf(ServerConnection);
    expect(asked).toMatchObject({ path: '/chat', query: 'x=1', remoteAddress: '127.0.0.1', incoming: undefined });
    expect([...server.clients]).toEqual([connection]);
    wire.text('hello');
    expect((await wire.frame()).payload.toString()).toBe('hello!');
  });

  test('a message in the same segment as the request is not lost, nor one before a late listener', async () => {
    const { server, port } = await start();
    const wire = new Wire(port);
    const frame = Buffer.from('818335dad4f454a9b0', 'hex');
    const opened = next(server, 'connection');
    wire.write(Buffer.concat([Buffer.from(request()), frame]));
    await opened;
    const [message] = (await next(server, 'message')) as [{ text(): string }];
    expect(message.text()).toBe('asd');
  });

  test.each<[string, string, number, string | undefined]>([
    ['a page request', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 426, 'websocket'],
    ['another method', request().replace('GET', 'POST'), 405, undefined],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 505, undefined],
    ['no HTTP at all', 'hello\r\n\r\n', 400, undefined],
    ['another origin', request(['Origin: http://evil.example']), 403, undefined],
    ['a body', request(['Content-Length: 5']), 400, undefined],
    ['5000 headers', request(Array.from({ length: 5000 }, (_, index) => `X-${index}: 1`)), 431, undefined],
  ])('%s is refused, and the socket ends', async (_, bytes, status, upgrade) => {
    const { port } = await start();
    const wire = new Wire(port);
    wire.write(bytes);
    const response = await wire.response();
    expect(response.status).toBe(status);
    expect(header(response, 'upgrade')).toBe(upgrade);
    await wire.closed();
  });

  test('a request that is cut off is refused', async () => {
    const { port } = await start();
    const wire = new Wire(port);
    wire.socket.end('GET / HT');
    expect((await wire.response()).status).toBe(400);
    await wire.closed();
  });

  test('a request that does not arrive in time gets 408', async () => {
    const clock = new ManualClock();
    const { port } = await start({ clock });
    const wire = new Wire(port);
    const connected = once(wire.socket, 'connect');
    wire.write('GET / HTTP/1.1\r\n');
    await connected;
    // The server's side of the socket is there when its timer is.
    await turnsUntil(() => clock.pending > 0);
    clock.advance(10_000);
    expect((await wire.response()).status).toBe(408);
    await wire.closed();
    await turnsUntil(() => clock.pending === 0);
  });

  test('a port in use is told in one sentence', async () => {
    const { port } = await start();
    const second = new SokkerServer();
    await expect(second.listen(port, '127.0.0.1')).rejects.toMatchObject({
      code: 'ERR_SOKKER_ADDRESS_IN_USE',
      message: `port ${port} of 127.0.0.1 is in use: stop the program that has it, or choose another`,
    });
  });
});

describe('the upgrade function', () => {
  test('gives subprotocol, headers and typed context', async () => {
    const { server, port } = await start({
      upgrade: async (asked) => ({ protocol: 'b', headers: { 'Set-Cookie': 'a=1' }, context: { user: asked.path } }),
    });
    server.on('message', (_, connection) => connection.send(connection.context.user + connection.protocol));
    const wire = await Wire.open(port, ['Sec-WebSocket-Protocol: a, b'], '/ann');
    const response = await wire.response();
    expect(header(response, 'sec-websocket-protocol')).toBe('b');
    expect(header(response, 'set-cookie')).toBe('a=1');
    wire.text('who');
    expect((await wire.frame()).payload.toString()).toBe('/annb');
  });

  test.each<[unknown]>([[null], [0], ['']])('a context may be %p', async (context) => {
    const { server, port } = await start({ upgrade: () => ({ context }) });
    const opened = next(server, 'connection');
    await Wire.open(port);
    expect((await opened)[0]).toMatchObject({ context });
  });

  test('rejects with status, headers and body', async () => {
    const { port } = await start({ upgrade: () => reject(401, { headers: { 'X-A': 'b' }, body: 'log in first' }) });
    const wire = await Wire.open(port);
    const response = await wire.response();
    expect([response.status, header(response, 'x-a')]).toEqual([401, 'b']);
    await wire.closed();
    expect(wire.body).toBe('log in first');
  });

  test.each<[string, NonNullable<ServerOptions['upgrade']>]>([
    ['whose answer is forgotten', () => void reject(401)],
    [
      'of an async function',
      async () => {
        await Promise.resolve();
        reject(401);
      },
    ],
    [
      'that is caught and returned',
      () => {
        try {
          return reject(401);
        } catch (error) {
          return error as Rejection;
        }
      },
    ],
  ])('a reject %s lets nobody in', async (_, upgrade) => {
    const { port } = await start({ upgrade });
    const wire = await Wire.open(port);
    expect((await wire.response()).status).toBe(401);
    await wire.closed();
  });

  test.each<[string, NonNullable<ServerOptions['upgrade']>]>([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
    ['chooses a subprotocol that was not offered', () => ({ protocol: 'x' })],
    ['sets a header with a line end', () => ({ headers: { a: 'b\r\nX-Evil: 1' } })],
    ['answers nonsense', () => 'yes' as never],
    ['answers null', () => null as never],
    ['answers the Response of a framework', () => new Response('no', { status: 401 })],
    ['answers an Error', () => new Error('no') as never],
    ['answers an array', () => [] as never],
    ['answers a Map', () => new Map() as never],
    ['misspells a key', () => ({ contxt: 1 }) as never],
    ['gives a subprotocol that is no string', () => ({ protocol: 5 }) as never],
  ])('%s: 500, nothing else on the wire, and an error event', async (_, upgrade) => {
    const { server, port } = await start({ upgrade });
    const failed = next(server, 'error');
    const wire = await Wire.open(port);
    const response = await wire.response();
    expect(response.status).toBe(500);
    expect(response.rawHeaders.join()).not.toContain('Evil');
    expect(await failed).toEqual([expect.any(Error), undefined]);
    await wire.closed();
  });

  test('that never answers gets 504, and its signal aborts', async () => {
    const clock = new ManualClock();
    let aborted: AbortSignal | undefined;
    const asked = new Promise<void>((resolve) => {
      void start({
        clock,
        upgrade: (_, signal) => {
          aborted = signal;
          resolve();
          return new Promise<never>(() => undefined);
        },
      }).then(({ port }) => new Wire(port).write(request()));
    });
    await asked;
    clock.advance(10_000);
    expect(aborted?.aborted).toBe(true);
  });

  test('a peer that is gone aborts the signal', async () => {
    const signals: AbortSignal[] = [];
    const wires: Wire[] = [];
    const { port } = await start({
      upgrade: (_, given) => {
        signals.push(given);
        wires[0]?.socket.resetAndDestroy();
        return new Promise<never>(() => undefined);
      },
    });
    wires.push(new Wire(port));
    wires[0]?.write(request());
    await turnsUntil(() => signals[0]?.aborted === true);
  });

  test('a peer that has merely ended its side may read the answer: the signal waits for it', async () => {
    const frame = Buffer.from('818335dad4f454a9b0', 'hex');
    let aborted: boolean | undefined;
    const { server, port } = await start({
      upgrade: async ({ path }, signal) => {
        if (path !== '/half') return {};
        // Whoever comes later is answered: by then the end has come too.
        await Wire.open(port);
        aborted = signal.aborted;
        return {};
      },
    });
    const heard = next(server, 'message');
    const wire = new Wire(port);
    wire.socket.end(Buffer.concat([Buffer.from(request([], '/half')), frame]));
    expect((await wire.response()).status).toBe(101);
    expect(((await heard) as [{ text(): string }])[0].text()).toBe('asd');
    expect(aborted).toBe(false);
  });
});

describe('attached to node:http', () => {
  const NO_ANSWER = {
    code: 'ERR_SOKKER_ARGUMENT',
    message: 'attach: the path function must return true or false',
  };

  test('two servers share one listener by path, plain requests go on, unknown paths get 404', async () => {
    const http = createServer((_, response) => response.end('page'));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const [a, b] = [new SokkerServer({ closeTimeoutMs: 20 }), new SokkerServer({ closeTimeoutMs: 20 })];
    a.on('connection', (connection) => connection.send('a'));
    b.on('connection', (connection) => connection.send('b'));
    const detach = a.attach(http, { path: '/a' });
    b.attach(http, { path: (path) => path.startsWith('/b/') });
    const [first, second] = await Promise.all([Wire.open(port, [], '/a?x'), Wire.open(port, [], '/b/1')]);
    expect((await first.frame()).payload.toString()).toBe('a');
    expect((await second.frame()).payload.toString()).toBe('b');
    expect((await (await Wire.open(port, [], '/c')).response()).status).toBe(404);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
    detach();
    expect((await (await Wire.open(port, [], '/a')).response()).status).toBe(404);
    http.on('upgrade', (asked, socket) => asked.url === '/c' && socket.end('HTTP/1.1 418 \r\n\r\n'));
    expect((await (await Wire.open(port, [], '/c')).response()).status).toBe(418);
    await Promise.all([a.close(), b.close()]);
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  test.each<[string, () => unknown, object]>([
    ['throws', () => decodeURIComponent('%zz'), { name: 'URIError' }],
    ['is async', () => Promise.resolve(false), NO_ANSWER],
    ['rejects', () => Promise.reject(new Error('boom')), NO_ANSWER],
    ['answers neither true nor false', () => 'yes', NO_ANSWER],
  ])('a path function that %s: 500 for the peer, an error for us, and the others go on', async (_, answer, fault) => {
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const server = new SokkerServer({ closeTimeoutMs: 20 });
    server.attach(http, { path: (path) => path === '/chat' || (answer() as boolean) });
    const failed = next(server, 'error');
    expect((await (await Wire.open(port, [], '/other')).response()).status).toBe(500);
    expect(await failed).toEqual([expect.objectContaining(fault), undefined]);
    expect((await (await Wire.open(port, [], '/chat')).response()).status).toBe(101);
    await server.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  test('handleUpgrade takes one upgrade by hand', async () => {
    const http = createServer();
    const server = new SokkerServer({ origin: 'any', closeTimeoutMs: 20 });
    const taken: Promise<unknown>[] = [];
    http.on('upgrade', (asked, socket, head) => taken.push(server.handleUpgrade(asked, socket, head)));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    await Wire.open(port);
    await Wire.open(port, ['Sec-WebSocket-Protocol: a, a']);
    expect(await Promise.all(taken)).toEqual([expect.any(ServerConnection), undefined]);
    await server.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
});

describe('handlers that fail', () => {
  const boom = new Error('boom');
  test.each<[string, (server: SokkerServer) => void]>([
    [
      'connection throws',
      (server) =>
        server.on('connection', () => {
          throw boom;
        }),
    ],
    ['connection rejects', (server) => server.on('connection', () => Promise.reject(boom) as never)],
    [
      'message throws',
      (server) =>
        server.on('message', () => {
          throw boom;
        }),
    ],
    ['message rejects', (server) => server.on('message', () => Promise.reject(boom) as never)],
  ])('%s: 1011 for that connection, and error', async (_, install) => {
    const { server, port } = await start();
    install(server);
    const failed = next(server, 'error');
    const wire = await Wire.open(port);
    wire.text('x');
    const frame = await wire.frame();
    expect(frame.opcode).toBe(Opcode.close);
    expect(parseClose(frame.payload)).toEqual({ code: 1011, reason: '' });
    expect(await failed).toEqual([boom, expect.any(ServerConnection)]);
  });

  test('close and error handlers that fail harm nobody', async () => {
    const { server, port } = await start();
    const errors: unknown[] = [];
    server.on('error', (error) => {
      errors.push(error);
      throw new Error('in error');
    });
    server.on('error', () => Promise.reject(new Error('in error')) as never);
    const ended = next(server, 'close');
    server.on('close', () => {
      throw boom;
    });
    const wire = await Wire.open(port);
    wire.send(Opcode.close, Buffer.from([0x0b, 0xb9]));
    const [record] = await ended;
    expect(record).toMatchObject({ code: 3001, clean: true, by: 'peer' });
    await wire.closed();
    expect(errors).toEqual([boom]);
    expect((await (await Wire.open(port)).response()).status).toBe(101);
  });
});

test('broadcast reaches everyone and counts', async () => {
  const { server, port } = await start();
  const wires = await Promise.all([Wire.open(port), Wire.open(port), Wire.open(port)]);
  expect(server.broadcast('news')).toEqual({ sent: 3, slow: 0, dropped: 0 });
  for (const wire of wires) expect((await wire.frame()).payload.toString()).toBe('news');
});

test('close says 1001, waits no longer than closeTimeoutMs, and refuses who comes', async () => {
  const { server, port } = await start({ closeTimeoutMs: 50 });
  const polite = await Wire.open(port);
  const silent = await Wire.open(port);
  const done = server.close();
  const frame = await polite.frame();
  expect(parseClose(frame.payload)).toEqual({ code: 1001, reason: '' });
  polite.send(Opcode.close, frame.payload);
  await Promise.all([done, polite.closed(), silent.closed()]);
  expect(server.clients.size).toBe(0);
  await expect(server.listen(0)).rejects.toMatchObject({ code: 'ERR_SOKKER_SERVER_CLOSED' });
});

test('clients cannot be changed from outside', async () => {
  const { server, port } = await start();
  await Wire.open(port);
  const view = server.clients;
  for (const name of ['add', 'delete', 'clear']) expect(name in view).toBe(false);
  expect([[...view.keys()].length, [...view.values()].length, [...view.entries()].length]).toEqual([1, 1, 1]);
});

test.each<[string, object]>([
  ['unknown key', { nope: 1 }],
  ['a limit of zero', { maxMessageBytes: 0 }],
  ['a timer that Node would fire at once', { handshakeTimeoutMs: 2 ** 31 }],
  ['a clock that is none', { clock: {} }],
  ['a list with no origin', { origin: ['example.com'] }],
  ['limits that contradict each other', { highWaterMarkBytes: 2, maxBufferedBytes: 1 }],
  ['the same where slow peers live on', { highWaterMarkBytes: 2, maxBufferedBytes: 1, onSlow: 'signal' }],
])('a wrong option throws: %s', (_, options) => {
  expect(() => new SokkerServer(options)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }));
});
