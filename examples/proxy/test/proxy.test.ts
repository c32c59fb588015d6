// The proxy in front of a real server: what passes, in how much memory, and what does not.
import { connect, type Connection, type MessageStream } from '@sokker/client';
import { encodeFrame, Opcode, wholeFrame } from '@sokker/frame';
import { SokkerServer, type ServerRequest } from '@sokker/server';
import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { startProxy, type Proxy, type ProxyOptions } from '../proxy.js';

const MIB = 2 ** 20;
const FORBIDDEN = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n';
let cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  cleanUps = [];
});

function later<Thing>(thing: Thing, cleanUp: (thing: Thing) => unknown): Thing {
  cleanUps.push(() => cleanUp(thing));
  return thing;
}

async function until(look: () => unknown): Promise<void> {
  while (!look()) await turn();
}

/** A server, the proxy before it, and the address of the latter. */
async function stage(
  options: ConstructorParameters<typeof SokkerServer>[0] = {},
): Promise<{ server: SokkerServer; target: string; proxy: Proxy; url: string }> {
  const server = later(new SokkerServer({ subprotocols: ['chat'], ...options }), async (it) => {
    for (const client of it.clients) client.terminate();
    await it.close();
  });
  const { port } = await server.listen(0, '127.0.0.1');
  const target = `ws://127.0.0.1:${port}`;
  const proxy = await proxyTo(target);
  return { server, target, proxy, url: `ws://localhost:${proxy.port}` };
}

async function proxyTo(target: string, options: Partial<ProxyOptions> = {}): Promise<Proxy> {
  return later(await startProxy(target, 0, { report: () => undefined, ...options }), (proxy) => proxy.close());
}

async function open(url: string, options: Parameters<typeof connect>[1] = {}): Promise<Connection> {
  return later(await connect(url, options), (connection) => connection.terminate());
}

describe('what passes', () => {
  test('messages of both kinds and all sizes, path and subprotocol', async () => {
    const { server, url } = await stage({ maxMessageBytes: 4 * MIB });
    const paths: string[] = [];
    server.on('connection', (_, request) => paths.push(`${request.path}?${request.query}`));
    server.on('message', (message, connection) => connection.send(message.data, { type: message.type }));
    const connection = await open(`${url}/a/b?c=d`, { subprotocols: ['chat'], maxMessageBytes: 4 * MIB });
    expect(connection.protocol).toBe('chat');
    expect(paths).toEqual(['/a/b?c=d']);
    const messages = connection[Symbol.asyncIterator]();
    for (const data of ['', 'héllo', '🦦'.repeat(100_000), Buffer.alloc(3 * MIB, 7), Buffer.alloc(125)]) {
      connection.send(data);
      const { value } = (await messages.next()) as { value: { type: string; data: Buffer } };
      expect(value.data.equals(Buffer.from(data))).toBe(true);
      expect(value.type).toBe(typeof data === 'string' ? 'text' : 'binary');
    }
  });

  test('Origin, Cookie, Authorization and the host that was asked for, which a server that trusts it compares', async () => {
    const { server, url } = await stage({ trustedProxies: ['127.0.0.1'] });
    const headers = { Origin: url.replace('ws:', 'http:'), Cookie: 'id=7', Authorization: 'Bearer b' };
    const asked = once(server, 'connection') as Promise<[unknown, ServerRequest]>;
    await open(url, { headers: { ...headers, 'X-Forwarded-For': '10.0.0.1' } });
    const [, request] = await asked;
    expect(request.origin).toBe(headers.Origin);
    expect(request.headers.get('Cookie')).toBe('id=7');
    expect(request.headers.get('Authorization')).toBe('Bearer b');
    expect(request.headers.has('X-Forwarded-For')).toBe(false);
  });

  test('a path that begins with two slashes leads to no other host', async () => {
    const { server, url } = await stage();
    const asked = once(server, 'connection') as Promise<[unknown, ServerRequest]>;
    await open(`${url}//elsewhere.example/a??b`);
    expect((await asked)[1]).toMatchObject({ path: '//elsewhere.example/a', query: '?b' });
  });

  test('Ping and Pong go all the way, and so does a Close, with its code', async () => {
    const { server, url } = await stage();
    const pinged: string[] = [];
    let inside: Connection | undefined;
    server.on('connection', (connection) => {
      inside = connection;
      inside.on('ping', (payload) => pinged.push(payload.toString()));
    });
    const connection = await open(url);
    expect(await connection.ping('there')).toBeGreaterThanOrEqual(0);
    expect(pinged).toEqual(['there']);
    expect(await (inside as unknown as Connection).ping('and back')).toBeGreaterThanOrEqual(0);
    const ended = (inside as unknown as Connection).closed;
    const record = await connection.close(4001, 'enough');
    expect(record).toMatchObject({ code: 4001, clean: true, by: 'us' });
    expect(await ended).toMatchObject({ code: 4001, reason: 'enough', clean: true, by: 'peer' });
  });

  test('the server closes', async () => {
    const { server, url } = await stage();
    server.on('connection', (connection) => void connection.close(1001, 'moving'));
    const connection = await open(url);
    expect(await connection.closed).toMatchObject({ code: 1001, reason: 'moving', clean: true, by: 'peer' });
  });

  test('connections outlive the deadline of their handshakes', async () => {
    const { server, target } = await stage();
    server.on('message', (message, connection) => connection.send(message.text()));
    const time = new AbortController();
    const proxy = await proxyTo(target, { deadline: () => time.signal });
    const connection = await open(`ws://localhost:${proxy.port}`);
    time.abort();
    const messages = connection[Symbol.asyncIterator]();
    connection.send('still here');
    expect(((await messages.next()) as { value: { text(): string } }).value.text()).toBe('still here');
  });
});

describe('a frame that is larger than memory should hold', () => {
  const SIZE = 512 * MIB;

  function* pieces(): Generator<Buffer> {
    const piece = Buffer.alloc(64 * 1024, 5);
    for (let sent = 0; sent < SIZE; sent += piece.length) yield piece;
  }

  test('passes, and the proxy, the client and the server together stay small', async () => {
    const { server, url } = await stage({ receive: 'stream' });
    let received = 0;
    let most = 0;
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- a rejection ends the connection
    server.on('stream', async ({ body }: MessageStream, connection) => {
      let base = Infinity;
      for await (const piece of body as AsyncIterable<Buffer>) {
        received += piece.length;
        const { rss } = process.memoryUsage();
        if (received > SIZE / 4) base = Math.min(base, rss);
        if (received > SIZE / 4) most = Math.max(most, rss - base);
      }
      connection.send('done');
    });
    const connection = await open(url);
    const done = once(connection, 'message');
    await connection.sendStream(pieces(), { bytes: SIZE });
    await done;
    expect(received).toBe(SIZE);
    // Three connections' worth of buffers, and what the collector leaves lying for a while.
    expect(most).toBeLessThan(64 * MIB);
  }, 60_000);

  test('a slow reader slows the sender down', async () => {
    const { server, url } = await stage({ receive: 'stream' });
    const streams: MessageStream[] = [];
    server.on('stream', (message: MessageStream) => streams.push(message));
    const connection = await open(url);
    let given = 0;
    const source = function* (): Generator<Buffer> {
      for (const piece of pieces()) {
        given += piece.length;
        yield piece;
      }
    };
    const sending = connection.sendStream(source(), { bytes: SIZE }).catch(() => undefined);
    await until(() => streams.length === 1);
    // Until nothing moves any more: every buffer on the way is full.
    for (let before = -1, quietTurns = 0; quietTurns < 200; quietTurns++) {
      if (given !== before) quietTurns = 0;
      before = given;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(given).toBeLessThan(32 * MIB);
    connection.terminate();
    await sending;
  }, 30_000);
});

describe('what does not pass', () => {
  test('a frame that breaks a rule: both sides end, and the server sees none of it', async () => {
    const { server, proxy } = await stage();
    const heard: string[] = [];
    server.on('message', (message) => heard.push(message.text()));
    const ended = once(server, 'close');
    const socket = await handshake(proxy.port);
    socket.write(encodeFrame(wholeFrame(true, 0, Opcode.text, Buffer.from('sound')), { role: 'client' }));
    await until(() => heard.length === 1);
    socket.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0]));
    await closed(socket);
    expect(await ended).toEqual([expect.objectContaining({ code: 1006 }), expect.anything()]);
    expect(heard).toEqual(['sound']);
  });

  test('text that is no UTF-8, though it comes in slices', async () => {
    const { server, proxy } = await stage({ receive: 'stream' });
    server.on('stream', ({ body }: MessageStream) => body.resume());
    const socket = await handshake(proxy.port);
    const text = Buffer.concat([Buffer.alloc(70_000, 0x61), Buffer.from([0xff]), Buffer.alloc(70_000, 0x61)]);
    socket.write(encodeFrame(wholeFrame(true, 0, Opcode.text, text), { role: 'client' }));
    await closed(socket);
  });

  test.each([
    ['a request that is no upgrade', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', /^HTTP\/1\.1 426/],
    ['a request that is no HTTP', 'nonsense\r\n\r\n', /^(HTTP\/1\.1 400|$)/],
    ['a page of another origin', upgrade('Origin: http://elsewhere.example'), /^HTTP\/1\.1 403/],
  ])('%s', async (_, request, expected) => {
    const { proxy } = await stage();
    expect(await answer(proxy.port, request)).toMatch(expected);
  });

  test.each<[string, RegExp, (socket: Socket, time: AbortController) => unknown]>([
    ['the other end hangs up', /head/, (socket) => socket.destroy()],
    ['the other end refuses', /answered 403$/, (socket) => socket.end(FORBIDDEN)],
    [
      'the other end speaks no HTTP',
      /not that of an HTTP response/,
      (socket) => socket.end('220 mail.example ESMTP\r\n\r\n'),
    ],
    ['the other end never answers', /in time/, (_, time) => time.abort()],
  ])('%s: 502, and a line that says so', async (_, line, behave) => {
    const sockets: Socket[] = [];
    const time = new AbortController();
    const other = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      socket.once('data', () => behave(socket, time));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    later(other, () => {
      for (const socket of sockets) socket.destroy();
      other.close();
    });
    const said: string[] = [];
    const report = (text: string): unknown => said.push(text);
    const proxy = await proxyTo(`ws://127.0.0.1:${(other.address() as AddressInfo).port}`, {
      deadline: () => time.signal,
      report,
    });
    expect(await answer(proxy.port, upgrade())).toMatch(/^HTTP\/1\.1 502/);
    expect(said).toEqual([expect.stringMatching(line)]);
    await until(() => sockets.every(({ destroyed }) => destroyed));
  });

  test('nobody is there: 502, and a line that says so', async () => {
    const { server, target } = await stage();
    await server.close();
    const said: string[] = [];
    const proxy = await proxyTo(target, { report: (text) => said.push(text) });
    expect(await answer(proxy.port, upgrade())).toMatch(/^HTTP\/1\.1 502/);
    expect(said).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  test('a target that is none: it does not start', async () => {
    await expect(proxyTo('localhost')).rejects.toThrow('not an absolute URL');
    await expect(proxyTo('wss://localhost')).rejects.toThrow('no TLS');
    await expect(proxyTo('ws://name:word@localhost')).rejects.toThrow('without credentials');
  });

  test('when either side is gone, so is the other', async () => {
    const { server, url } = await stage();
    const inside: Connection[] = [];
    server.on('connection', (connection) => inside.push(connection as unknown as Connection));
    const first = await open(url);
    await until(() => inside.length === 1);
    first.terminate();
    expect(await inside[0]?.closed).toMatchObject({ code: 1006 });
    const second = await open(url);
    await until(() => inside.length === 2);
    inside[1]?.terminate();
    expect(await second.closed).toMatchObject({ code: 1006 });
  });
});

function upgrade(...headers: readonly string[]): string {
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const lines = ['GET / HTTP/1.1', 'Host: a', 'Upgrade: websocket', 'Connection: Upgrade', key];
  return [...lines, 'Sec-WebSocket-Version: 13', ...headers, '', ''].join('\r\n');
}

async function answer(port: number, request: string): Promise<string> {
  const socket = dial(port, 'localhost').on('error', () => undefined);
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  socket.write(request);
  await closed(socket);
  return text;
}

/** However it ends: a reset is an end, too. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** A socket behind the opening handshake. */
async function handshake(port: number): Promise<Socket> {
  const socket = later(dial(port, 'localhost'), (it) => it.destroy());
  socket.on('error', () => undefined).write(upgrade());
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101/);
  return socket.resume();
}
