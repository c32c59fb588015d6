/* WebSockets over HTTP/2 (RFC 8441): what a server that is attached to one of node:http2 does with extended CONNECTs. */
import { Connection, type CloseRecord } from '@sokker/connection';
import type { Message } from '@sokker/frame';
import { reject, SokkerServer, type ServerConnection, type ServerOptions, type ServerRequest } from '@sokker/server';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  connect,
  constants,
  createSecureServer,
  createServer,
  type ClientHttp2Stream,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { bodyOf, Http2Rig } from './http2-rig.js';
import { next, turnsUntil } from './rig.js';
import { request } from './wire.js';

let rig: Http2Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function start(options?: ServerOptions, http2?: Http2Server): Promise<Http2Rig> {
  return (rig = await Http2Rig.start(options, http2));
}

/** A server that sends back what it is sent. */
async function startEcho(options?: ServerOptions): Promise<Http2Rig> {
  const started = await start(options);
  started.server.on('message', ({ type, data }, client) => client.send(type === 'text' ? data.toString() : data));
  return started;
}

describe('an extended CONNECT', () => {
  test('becomes a connection like any other, and an ordinary request stays one', async () => {
    const it = await startEcho({
      upgrade: ({ path }) => ({ context: path, headers: { 'Set-Cookie': ['a=1', 'b=2'] } }),
    });
    const connected = next(it.server, 'connection');
    const { stream, status, headers } = await it.ask({ ':path': '/chat?x=1', cookie: ['a=1', 'b=2'] });
    expect([status, headers['set-cookie'], headers['sec-websocket-accept']]).toEqual([200, ['a=1', 'b=2'], undefined]);
    const [connection, request] = (await connected) as [ServerConnection, ServerRequest];
    expect(request).toMatchObject({ httpVersion: '2.0', path: '/chat', query: 'x=1', remoteAddress: '127.0.0.1' });
    expect([request.incoming, request.stream?.session?.destroyed]).toEqual([undefined, false]);
    expect(request.headers.get('cookie')).toBe('a=1; b=2');
    expect([connection.context, connection.remoteAddress]).toEqual(['/chat', '127.0.0.1']);
    const client = new Connection(stream, { role: 'client' });
    client.send('Grüße');
    const [message] = (await once(client, 'message')) as [Message];
    expect(message.text()).toBe('Grüße');
    expect(await client.ping()).toBeGreaterThanOrEqual(0);
    const page = await it.ask({ ':method': 'GET', ':protocol': undefined, 'sec-websocket-version': undefined });
    expect([page.status, await bodyOf(page.stream.end())]).toEqual([200, 'the page']);
    const ended = next(it.server, 'close');
    const record = await client.close(4000, 'bye');
    await ended;
    expect([record.code, record.clean, stream.rstCode]).toEqual([4000, true, constants.NGHTTP2_NO_ERROR]);
    expect(it.server.metrics().closes).toEqual({ 4000: 1 });
  });

  test('many share one session, and 1 MiB comes and goes beside one that nobody reads', async () => {
    const it = await startEcho();
    const connected = next(it.server, 'connection');
    const beside = await it.open();
    const [paused] = (await connected) as [ServerConnection];
    paused.pause();
    beside.send(Buffer.alloc(512 * 1024));
    const client = await it.open();
    const large = Buffer.alloc(2 ** 20 - 1, 'sokker');
    for (let round = 0; round < 3; round++) {
      client.send(large);
      const [message] = (await once(client, 'message')) as [Message];
      expect(message.data.equals(large)).toBe(true);
    }
    expect(it.server.clients.size).toBe(2);
  });

  test('CVE-2024-22201, CVE-2022-2048: a peer that does not read is slow, and those beside it in its session are not', async () => {
    const it = await start({ onSlow: 'close', origin: 'any' });
    const { stream } = await it.ask();
    stream.pause();
    const beside = await it.open();
    const [slow, quick] = it.server.clients;
    const ended = next(it.server, 'close');
    for (let sent = 0; slow?.state === 'open' && sent < 40; sent++) slow.send(Buffer.alloc(64 * 1024));
    for (let ms = 0; ms < 1200; ms += 20) {
      await new Promise((resolve) => setImmediate(resolve));
      it.clock.advance(20);
    }
    expect(((await ended) as [CloseRecord])[0]).toMatchObject({ code: 1008, error: { code: 'ERR_SOKKER_TOO_SLOW' } });
    quick?.send('still here');
    const [message] = (await once(beside, 'message')) as [Message];
    expect(message.text()).toBe('still here');
  });

  test.each<[why: string, options: ServerOptions, headers: OutgoingHttpHeaders, status: number, body: string]>([
    [
      'another version',
      {},
      { 'sec-websocket-version': '8' },
      426,
      'Sec-WebSocket-Version is not 13, once (RFC 6455 §4.4)\n',
    ],
    ['another origin', {}, { origin: 'http://evil.example' }, 403, 'http://evil.example at 127.0.0.1'],
    ['another protocol', {}, { ':protocol': 'connect-udp' }, 501, ':protocol is not websocket (RFC 9220 §3)\n'],
    ['the application says no', { upgrade: () => reject(401, { headers: { 'WWW-Authenticate': 'Basic' }, body: 'who?' }) }, {}, 401, 'who?'], // prettier-ignore
    [
      'the application fails',
      { upgrade: () => Promise.reject(new Error('broken')) },
      {},
      500,
      'the upgrade function failed',
    ],
    [
      'the application says when',
      { upgrade: () => reject(503, { headers: { Date: 'now' }, body: 'later' }) },
      {},
      503,
      'later',
    ],
    [
      'the application says what HTTP/1.1 alone has',
      { upgrade: () => reject(503, { headers: { 'HTTP2-Settings': 'a', TE: 'b' }, body: 'c' }) },
      {},
      503,
      'c',
    ],
    ['no subprotocol', { subprotocols: ['chat'], requireSubprotocol: true }, {}, 400, 'subprotocol'],
  ])('%s: is refused in the words of HTTP/2', async (_why, options, headers, status, body) => {
    const it = await start(options);
    it.server.on('error', () => undefined);
    const { stream, ...answer } = await it.ask(headers);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ date: expect.any(String), 'content-length': expect.any(String) });
    expect(Object.keys(answer.headers)).not.toEqual(expect.arrayContaining(['connection', 'upgrade']));
    expect(await bodyOf(stream)).toContain(body);
    expect(it.server.metrics()).toMatchObject({ handshakes: 0, connections: 0, refusalStatuses: { [status]: 1 } });
  });

  test.each([
    ['says no', () => reject(307, { headers: { Location: ['/a', '/b'] } })],
    ['says yes', () => ({ headers: { 'Content-Type': ['a', 'b'] } })],
  ])(
    'headers of the application that node:http2 does not send, where it %s: 500, told once, nothing left',
    async (_, upgrade) => {
      const it = await start({ upgrade });
      const told: unknown[] = [];
      it.server.on('error', ({ cause }) => told.push((cause as NodeJS.ErrnoException).code));
      expect((await it.ask()).status).toBe(500);
      await turnsUntil(() => it.server.metrics().handshakes === 0);
      expect([told, it.server.metrics().connections]).toEqual([['ERR_HTTP2_HEADER_SINGLE_VALUE'], 0]);
    },
  );

  test('what the application decides too late is 504; a peer that has left is told of', async () => {
    const signals: AbortSignal[] = [];
    const upgrade = (_: ServerRequest, signal: AbortSignal): Promise<undefined> => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    const it = await start({ upgrade });
    const late = it.ask();
    await turnsUntil(() => signals.length === 1);
    it.clock.advance(10_000);
    expect((await late).status).toBe(504);
    const left = it.request();
    await turnsUntil(() => signals.length === 2);
    left.close(constants.NGHTTP2_CANCEL);
    await turnsUntil(() => signals[1]?.aborted === true);
    expect(it.server.metrics()).toMatchObject({ handshakes: 0, connections: 0 });
  });

  test('CVE-2023-44487: a thousand that are reset as soon as they are asked for leave nothing', async () => {
    const it = await start({ upgrade: () => new Promise((resolve) => setImmediate(() => resolve(undefined))) });
    for (let round = 0; round < 20; round++) {
      const streams = Array.from({ length: 50 }, () => it.request());
      await new Promise((resolve) => setImmediate(resolve));
      for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
      await it.ask({ ':method': 'GET', ':protocol': undefined, 'sec-websocket-version': undefined });
    }
    await turnsUntil(() => it.server.metrics().handshakes === 0 && it.server.clients.size === 0);
    expect(it.server.metrics().retainedBytes).toBe(0);
    expect((await it.ask()).status).toBe(200);
  });

  test('those of one session count towards its address', async () => {
    const it = await start({ maxConnectionsPerAddress: 2 });
    const first = await it.open();
    await it.open();
    expect((await it.ask()).status).toBe(429);
    await first.close();
    await turnsUntil(() => it.server.clients.size === 1);
    expect((await it.ask()).status).toBe(200);
  });
});

describe('the end', () => {
  test.each<[how: string, end: (stream: ClientHttp2Stream) => unknown]>([
    ['of the stream without a Close', (stream) => stream.end()],
    ['by reset', (stream) => stream.close(constants.NGHTTP2_CANCEL)],
    ['of the session', (stream) => stream.session?.destroy()],
  ])('%s is an abnormal one', async (_how, end) => {
    const it = await start();
    const { stream } = await it.ask();
    const ended = next(it.server, 'close');
    await turnsUntil(() => it.server.clients.size === 1);
    end(stream);
    expect((await ended)[0]).toMatchObject({ code: 1006, clean: false, by: 'peer' });
  });

  test('by reset behind a message: the message arrives', async () => {
    const it = await start();
    const { stream } = await it.ask();
    const told = next(it.server, 'message');
    const ended = next(it.server, 'close');
    const client = new Connection(stream, { role: 'client' });
    client.send('last words');
    await turnsUntil(() => it.server.metrics().traffic.messagesReceived === 1);
    stream.close(constants.NGHTTP2_NO_ERROR);
    const [message] = (await told) as [Message];
    expect(message.text()).toBe('last words');
    expect((await ended)[0]).toMatchObject({ code: 1006 });
  });

  test('by reset while the application decides, with something left to read: it is told, and there is nothing else', async () => {
    let aborted = false;
    const upgrade = (_: ServerRequest, signal: AbortSignal): Promise<undefined> => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    };
    const it = await start({ upgrade });
    it.server.on('error', () => (aborted = false));
    const stream = it.request();
    stream.write('unread');
    await turnsUntil(() => it.server.metrics().handshakes === 1 && stream.writableLength === 0);
    stream.close(constants.NGHTTP2_NO_ERROR);
    await turnsUntil(() => it.server.metrics().handshakes === 0);
    expect([aborted, it.server.metrics().connections, it.server.metrics().refusals]).toEqual([true, 0, {}]);
  });

  test('by reset while the connection is paused, with something left to read: it has ended', async () => {
    const it = await start();
    const connected = next(it.server, 'connection');
    const { stream } = await it.ask();
    const [connection, { stream: near }] = (await connected) as [ServerConnection, ServerRequest];
    connection.pause();
    new Connection(stream, { role: 'client' }).send(Buffer.alloc(512 * 1024));
    await turnsUntil(() => (near?.readableLength ?? 0) > 0);
    stream.close(constants.NGHTTP2_NO_ERROR);
    await turnsUntil(() => connection.state !== 'open');
    connection.terminate();
    expect(await connection.closed).toMatchObject({ code: 1006 });
  });

  test.each(['deciding', 'paused'])('by reset of our own side, while %s: the peer is told', async (when) => {
    const upgrade = ({ stream }: ServerRequest): Promise<undefined> => {
      if (when === 'deciding') stream?.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      return Promise.resolve(undefined);
    };
    const it = await start({ upgrade });
    it.server.on('connection', (connection, { stream }) => {
      connection.pause();
      stream?.on('error', () => undefined).close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    });
    const stream = it.request();
    await next(stream, 'close');
    expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    await turnsUntil(() => it.server.metrics().handshakes === 0);
  });

  test('by terminate: the stream goes, the session stays', async () => {
    const it = await start();
    const client = await it.open();
    const [connection] = it.server.clients;
    connection?.terminate();
    expect(await client.closed).toMatchObject({ code: 1006, by: 'peer' });
    const { stream, status } = await it.ask();
    for (const each of it.server.clients) each.terminate();
    if (!stream.closed) await once(stream, 'close');
    expect([status, stream.rstCode]).toEqual([200, constants.NGHTTP2_CANCEL]);
  });

  test('by close of the server: 1001, and what comes later is not ours', async () => {
    const it = await start();
    const client = await it.open();
    const closed = it.server.close();
    expect(await client.closed).toMatchObject({ code: 1001, clean: true });
    await closed;
    expect((await it.ask()).status).toBe(405);
    expect(['upgrade', 'stream', 'connect'].map((event) => it.http2.listenerCount(event))).toEqual([0, 1, 0]);
  });

  test('by drain: who comes gets 503, who is there 1001', async () => {
    const it = await start();
    const client = await it.open();
    client.pause();
    const drained = it.server.drain({ spreadMs: 0 });
    const { status, headers } = await it.ask();
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    client.resume();
    it.clock.advance(0);
    expect((await client.closed).code).toBe(1001);
    expect(await drained).toMatchObject({ forced: 0 });
  });
});

describe('beside others', () => {
  test('servers share one of node:http2 by paths, and what none claims gets 404', async () => {
    const it = (rig = new Http2Rig());
    const second = new SokkerServer();
    it.server.attach(it.http2, { path: '/a' });
    second.attach(it.http2, { path: '/b' });
    await it.listen();
    for (const path of ['/a', '/b']) await it.open({ ':path': path });
    expect((await it.ask({ ':path': '/c' })).status).toBe(404);
    expect([it.server.clients.size, second.clients.size]).toEqual([1, 1]);
    expect(it.server.metrics().refusals).toEqual({ ERR_SOKKER_PATH: 1 });
    await second.close();
  });

  test('a CONNECT that is none of ours is answered as node:http2 does without us, or by who listens', async () => {
    const it = await start();
    const plain = { ':protocol': undefined, ':path': undefined, ':authority': 'example.com:80' };
    expect((await it.ask(plain)).status).toBe(405);
    it.http2.on('connect', (request: Http2ServerRequest, response: Http2ServerResponse) => {
      if (request.headers[':path'] !== '/') response.writeHead(202).end();
    });
    expect((await it.ask(plain)).status).toBe(202);
    // Another protocol may be theirs.
    expect((await it.ask({ ':protocol': 'connect-udp', ':path': '/x' })).status).toBe(202);
    expect((await it.ask()).status).toBe(200);
  });

  test("a path that none of ours claims is left to a 'stream' listener, and what that has answered is left alone", async () => {
    const http2 = createServer();
    http2.on('stream', (stream, { ':path': path }) => {
      if (path === '/theirs' || path === '/both') stream.respond({ ':status': 202 }, { endStream: true });
    });
    const it = (rig = new Http2Rig({}, http2));
    it.server.attach(http2, { path: (path) => path === '/ours' || path === '/both' });
    await it.listen();
    expect((await it.ask({ ':path': '/ours' })).status).toBe(200);
    expect((await it.ask({ ':path': '/theirs' })).status).toBe(202);
    expect((await it.ask({ ':path': '/both' })).status).toBe(202);
    // One that nobody answers is ours when the time for it is over, unless somebody reads it.
    let answerLate = (): void => undefined;
    http2.on('stream', (stream, { ':path': path }) => {
      if (path !== '/late') return;
      stream.resume();
      answerLate = () => stream.respond({ ':status': 203 });
    });
    const late = it.ask({ ':path': '/late' });
    const other = it.ask({ ':path': '/ours', ':protocol': 'connect-udp' });
    const unclaimed = it.ask({ ':path': '/nobody' });
    const left = it.request({ ':path': '/nobody' });
    left.close(constants.NGHTTP2_CANCEL);
    await it.ask({ ':path': '/theirs' });
    it.clock.advance(10_000);
    answerLate();
    expect([(await unclaimed).status, (await other).status, (await late).status]).toEqual([404, 404, 203]);
    const { handshakes, connections, refusals } = it.server.metrics();
    expect([handshakes, connections, refusals]).toEqual([0, 1, { ERR_SOKKER_PATH: 2 }]);
  });

  test("where there are 'request' listeners, a 'stream' listener leaves it to us at once", async () => {
    const it = (rig = new Http2Rig());
    it.server.attach(it.http2, { path: '/ours' });
    it.http2.on('stream', () => undefined);
    await it.listen();
    expect((await it.ask({ ':path': '/nobody' })).status).toBe(404);
    expect((await it.ask({ ':protocol': 'connect-udp', ':path': '/ours' })).status).toBe(501);
  });

  test('a CONNECT of HTTP/1.1 is ended, as node:http2 does without us', async () => {
    const both = readFileSync(join(__dirname, '../../client/test/certificates/good.pem'));
    const http2 = createSecureServer({ key: both, cert: both, allowHTTP1: true }, (_, response) => response.end());
    const server = new SokkerServer();
    server.attach(http2);
    await new Promise<void>((resolve) => http2.listen(0, '127.0.0.1', resolve));
    const { port } = http2.address() as AddressInfo;
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    socket.on('error', () => undefined).resume();
    socket.write('CONNECT a.example:80 HTTP/1.1\r\nHost: a.example\r\n\r\n');
    await once(socket, 'close');
    await server.close();
    await new Promise((resolve) => http2.close(resolve));
  });

  test('a tunnel that somebody has answered is served as a socket, by HTTP/1.1', async () => {
    const it = (rig = new Http2Rig());
    it.http2.on('connect', (_: Http2ServerRequest, response: Http2ServerResponse) => {
      response.stream.respond({ ':status': 200 });
      void it.server.handleSocket(response.stream);
    });
    await it.listen();
    const { stream } = await it.ask({
      ':protocol': undefined,
      ':path': undefined,
      'sec-websocket-version': undefined,
      ':authority': 'a:80',
    });
    stream.write(request());
    const [head] = (await once(stream, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 101 /);
    stream.close();
  });

  test('who is detached between a request and the look at it: the stream is cancelled', async () => {
    const it = (rig = new Http2Rig({}, createServer()));
    const detach = it.server.attach(it.http2);
    await it.listen();
    it.http2.prependOnceListener('stream', () => detach());
    const stream = it.request();
    await next(stream, 'close');
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  test('what the path function throws is 500, told, and counted by the server whose it is', async () => {
    const it = (rig = new Http2Rig());
    const told = next(it.server, 'error');
    it.server.attach(it.http2, {
      path: () => {
        throw new Error('broken');
      },
    });
    await it.listen();
    expect((await it.ask()).status).toBe(500);
    expect((await told)[0]).toMatchObject({ message: 'broken' });
  });
});

test('over TLS the scheme is known, and the same origin is that of https', async () => {
  const both = readFileSync(join(__dirname, '../../client/test/certificates/good.pem'));
  const http2 = createSecureServer({ key: both, cert: both });
  const server = new SokkerServer({ closeTimeoutMs: 20 });
  server.attach(http2);
  await new Promise<void>((resolve) => http2.listen(0, '127.0.0.1', resolve));
  const authority = `https://127.0.0.1:${(http2.address() as AddressInfo).port}`;
  const session = connect(authority, { rejectUnauthorized: false });
  await once(session, 'remoteSettings');
  const statusOf = async (origin: string): Promise<unknown> => {
    const asked = {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': '/',
      'sec-websocket-version': '13',
      origin,
    };
    const stream = session.request(asked, { endStream: false });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    stream.close();
    return headers[':status'];
  };
  const connected = next(server, 'connection');
  expect(await statusOf(authority)).toBe(200);
  expect((await connected)[1]).toMatchObject({ scheme: 'https', remoteAddress: '127.0.0.1' });
  expect(await statusOf(authority.replace('https', 'http'))).toBe(403);
  session.destroy();
  await server.close();
  await new Promise((resolve) => http2.close(resolve));
});
