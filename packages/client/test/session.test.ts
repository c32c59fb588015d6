/* WebSockets in a session of HTTP/2 (RFC 8441), against servers of node:http2 that answer as they are told. */
import { connect, WebSocket, WebSocketStream, type ConnectOptions } from '@sokker/client';
import { Connection } from '@sokker/connection';
import { permessageDeflate } from '@sokker/deflate';
import { respond } from '@sokker/handshake';
import { ManualClock } from '@sokker/testkit';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  connect as openSession,
  createSecureServer,
  createServer,
  type ClientHttp2Session,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { errorOf } from './server.js';

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => unknown;

const servers: (Http2Server | Http2SecureServer)[] = [];
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A session with a server that answers each extended CONNECT so. */
async function sessionWith(answer: Answer, enableConnectProtocol = true): Promise<[ClientHttp2Session, url: string]> {
  const server = createServer({ settings: { enableConnectProtocol } }).on('stream', answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const authority = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return [kept(openSession(authority)), authority.replace('http', 'ws')];
}

function kept(session: ClientHttp2Session): ClientHttp2Session {
  sessions.push(session);
  return session;
}

/** Opens a WebSocket by the rules, and sends back what it is sent. */
const echo: Answer = (stream, { ':path': target = '', ':protocol': protocol, ...headers }) => {
  const rawHeaders = Object.entries({ ...headers, ':path': target, ':protocol': protocol }).flat() as string[];
  const request = { method: 'CONNECT', target, protocol, httpVersion: '2.0', rawHeaders };
  const extensions = [permessageDeflate()];
  const answer = respond(request, { origin: 'any', subprotocols: ['chat'], extensions });
  const fields = answer.rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, answer.rawHeaders[index + 1]]] : [],
  );
  stream.respond({ ':status': answer.status, 'x-asked': JSON.stringify(headers), ...Object.fromEntries(fields) });
  if (answer.type === 'refusal') return stream.end(answer.body);
  const coder = answer.extensions[0]?.session;
  const connection = new Connection(stream, { role: 'server' }, { coder });
  return connection.on('message', ({ type, data }) => connection.send(type === 'text' ? data.toString() : data));
};

describe('opens', () => {
  test('a connection like any other: request, subprotocol, extension, messages, end; the session stays', async () => {
    const [session, url] = await sessionWith(echo);
    let asked: Record<string, unknown> = {};
    const connection = await connect(`${url}/chat?x=1`, {
      session,
      subprotocols: ['chat'],
      extensions: [permessageDeflate()],
      headers: { Origin: 'http://a.example', 'X-Twice': ['1', '2'] },
      onHeaders: (headers) => (asked = JSON.parse(headers.get('x-asked') ?? '') as typeof asked),
    });
    expect(asked).toMatchObject({
      ':method': 'CONNECT',
      ':scheme': 'http',
      ':authority': url.slice('ws://'.length),
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'chat',
      origin: 'http://a.example',
      'x-twice': '1, 2',
    });
    expect(Object.keys(asked)).not.toEqual(expect.arrayContaining(['sec-websocket-key']));
    expect(connection.protocol).toBe('chat');
    const text = 'Grüße, '.repeat(10_000);
    connection.send(text);
    const [message] = (await once(connection, 'message')) as [{ text(): string }];
    expect(message.text()).toBe(text);
    expect(await connection.ping()).toBeGreaterThanOrEqual(0);
    expect(await connection.close(4000)).toMatchObject({ code: 4000, clean: true });
    expect([session.closed, session.listenerCount('remoteSettings')]).toEqual([false, 0]);
  });

  test('many at once: the server is asked once what it can, and nobody is warned of listeners', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', warn);
    const waiting: ServerHttp2Stream[] = [];
    const [session, url] = await sessionWith((stream, headers) => {
      if (waiting.push(stream) === 30) for (const each of waiting) echo(each, { ...headers });
    });
    const ping = jest.spyOn(session, 'ping');
    const connections = await Promise.all(Array.from({ length: 30 }, () => connect(url, { session })));
    expect(new Set(connections).size).toBe(30);
    await Promise.all(connections.map((connection) => connection.close()));
    await new Promise(setImmediate);
    process.off('warning', warn);
    expect([warnings, ping.mock.calls.length]).toEqual([[], 0]);
  });

  test.each<[what: string, source: (session: ClientHttp2Session) => ConnectOptions['session']]>([
    ['a function', (session) => () => session],
    ['one that promises', (session) => () => Promise.resolve(session)],
  ])('the session that %s answers', async (_what, source) => {
    const [session, url] = await sessionWith(echo);
    const connection = await connect(url, { session: source(session) });
    expect((await connection.close()).clean).toBe(true);
  });

  test('WebSocket and WebSocketStream', async () => {
    const [session, url] = await sessionWith(echo);
    const socket = new WebSocket(url, [], { session });
    await once(socket as never, 'open');
    socket.send('hello');
    const [event] = (await once(socket as never, 'message')) as [MessageEvent<string>];
    expect(event.data).toBe('hello');
    socket.close();
    const stream = new WebSocketStream(url, { session });
    const { writable, readable } = await stream.opened;
    const writer = writable.getWriter();
    await writer.write('hello');
    expect((await readable.getReader().read()).value).toBe('hello');
    stream.close();
    await stream.closed;
  });

  test('over TLS a URL of wss', async () => {
    const pem = (name: string): Buffer => readFileSync(join(__dirname, `certificates/${name}.pem`));
    const settings = { enableConnectProtocol: true };
    const server = createSecureServer({ key: pem('good'), cert: pem('good'), settings }).on('stream', echo);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const { port } = server.address() as AddressInfo;
    const session = kept(openSession(`https://localhost:${port}`, { ca: pem('ca') }));
    const connection = await connect(`wss://localhost:${port}/`, { session });
    expect((await connection.close()).clean).toBe(true);
  });
});

describe('does not open', () => {
  const never = (): void => undefined;

  test('where the server says no: status, headers and body are those of its answer', async () => {
    const [session, url] = await sessionWith((stream) => {
      stream.respond({ ':status': 401, 'www-authenticate': 'Basic', 'set-cookie': ['a=1', 'b=2'] });
      stream.end('who are you?\n');
    });
    const error = await errorOf(connect(url, { session }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_DECLINED', status: 401 });
    expect([error.headers?.get('www-authenticate'), error.headers?.all('set-cookie')]).toEqual([
      'Basic',
      ['a=1', 'b=2'],
    ]);
    expect([error.body?.toString(), session.closed]).toEqual(['who are you?\n', false]);
  });

  test.each([true, false])('where the server takes no extended CONNECT, known beforehand: %p', async (known) => {
    const [session, url] = await sessionWith(never, false);
    if (known) await once(session, 'remoteSettings');
    const error = await errorOf(connect(url, { session }));
    expect([error.code, error.section]).toEqual(['ERR_SOKKER_NO_EXTENDED_CONNECT', 'RFC 8441 §3']);
  });

  test('where it takes none, and as many Pings as may be are under way', async () => {
    const [session, url] = await sessionWith(never, false);
    await once(session, 'remoteSettings');
    for (let pings = 0; pings < 10; pings++) session.ping(never);
    const attempts = Array.from({ length: 20 }, () => errorOf(connect(url, { session, connectTimeoutMs: 1000 })));
    const codes = (await Promise.all(attempts)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['ERR_SOKKER_NO_EXTENDED_CONNECT']));
  });

  test('where interim responses never end', async () => {
    const [session, url] = await sessionWith((stream) => {
      for (let times = 0; times < 20; times++) stream.additionalHeaders({ ':status': 103, link: '</a>' });
    });
    const error = await errorOf(connect(url, { session }));
    expect(error.code).toBe('ERR_SOKKER_TOO_MANY_INTERIM');
  });

  test.each<[how: string, answer: Answer, detail: RegExp]>([
    ['is reset', (stream) => stream.close(8), /the stream ended without an answer/],
    ['is refused', (stream) => stream.on('error', never).close(7), /ERR_HTTP2_STREAM_ERROR/],
    ['loses its session', (stream) => stream.session?.destroy(), /./],
  ])('where the stream %s', async (_how, answer, detail) => {
    const [session, url] = await sessionWith(answer);
    const error = await errorOf(connect(url, { session }));
    expect(error.code).toBe('ERR_SOKKER_UNREACHABLE');
    expect(error.message).toMatch(detail);
  });

  test.each<[answer: object, code: string]>([
    [{ 'sec-websocket-protocol': 'other' }, 'ERR_SOKKER_RESPONSE_SUBPROTOCOL'],
    [{ 'sec-websocket-extensions': 'x-unknown' }, 'ERR_SOKKER_EXTENSION_UNASKED'],
  ])('where the server agrees to what was not offered: %j', async (fields, code) => {
    const [session, url] = await sessionWith((stream) => stream.respond({ ':status': 200, ...fields }));
    const error = await errorOf(connect(url, { session }));
    expect(error.code).toBe(code);
  });

  test('where the session has ended, or ends before anything is known', async () => {
    const [session, url] = await sessionWith(echo);
    const connecting = connect(url, { session });
    session.destroy();
    for (const attempt of [connecting, connect(url, { session }), connect(url, { session: () => session })]) {
      expect((await errorOf(attempt)).code).toBe('ERR_SOKKER_UNREACHABLE');
    }
  });

  test('where nobody listens: the error of the session is told by the attempt, and ends no process', async () => {
    const server = createNetServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const session = kept(openSession(`http://127.0.0.1:${port}`));
    const error = await errorOf(connect(`ws://127.0.0.1:${port}`, { session }));
    expect([error.code, error.message]).toEqual([
      'ERR_SOKKER_UNREACHABLE',
      'no connection to the server came about: over the session: ECONNREFUSED',
    ]);
  });

  test('a URL of wss in a session without TLS', async () => {
    const [session, url] = await sessionWith(echo);
    const error = await errorOf(connect(url.replace('ws', 'wss'), { session }));
    expect(error).toMatchObject({
      code: 'ERR_SOKKER_TLS',
      message: expect.stringContaining('is not encrypted') as string,
    });
  });

  test.each<[why: string, options: (session: ClientHttp2Session) => object, message: string]>([
    ['no session', () => ({ session: {} }), 'session must be a session of node:http2, or a function that answers one'],
    ['an answer that is none', () => ({ session: () => 5 }), 'session must answer a session of node:http2, not 5'],
    [
      'another way beside it',
      (session) => ({ session, socketPath: '/a' }),
      'session and socketPath exclude each other',
    ],
    ['options of TLS', (session) => ({ session, tls: {} }), 'session and tls exclude each other'],
    [
      'two values for one',
      (session) => ({ session, headers: { Authorization: ['a', 'b'] } }),
      'headers cannot be used: ERR_HTTP2_HEADER_SINGLE_VALUE',
    ],
  ])('%s: a UsageError', async (_why, options, message) => {
    const [session, url] = await sessionWith(echo);
    const error = await errorOf((async () => connect(url, options(session)))());
    expect([error.name, error.message]).toEqual(['UsageError', expect.stringContaining(message)]);
  });

  test('in time: neither the session, nor its settings, nor the answer comes', async () => {
    const held: Socket[] = [];
    const silent = createNetServer((socket) => held.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const mute = kept(openSession(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`));
    const streams: ServerHttp2Stream[] = [];
    const [session, url] = await sessionWith((stream) => streams.push(stream));
    for (const [source, code] of [
      [() => new Promise<never>(never), 'ERR_SOKKER_CONNECT_TIMEOUT'],
      [mute, 'ERR_SOKKER_CONNECT_TIMEOUT'],
      [session, 'ERR_SOKKER_HANDSHAKE_TIMEOUT'],
    ] as const) {
      const clock = new ManualClock();
      const attempt = errorOf(connect(url, { session: source, clock, connectTimeoutMs: 10, handshakeTimeoutMs: 20 }));
      do await new Promise(setImmediate);
      while (source === session ? streams.length === 0 : held.length === 0);
      clock.advance(source === session ? 20 : 10);
      expect((await attempt).code).toBe(code);
    }
    const [stream] = streams;
    if (stream?.closed === false) await once(stream, 'close');
    expect(stream?.rstCode).toBe(8);
    mute.destroy();
    for (const socket of held) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  test('a session that comes too late, and then goes wrong, ends no process', async () => {
    const clock = new ManualClock();
    let answer: (session: ClientHttp2Session) => void = never;
    const source = (): Promise<ClientHttp2Session> => new Promise((resolve) => (answer = resolve));
    const attempt = errorOf(connect('ws://127.0.0.1:1/', { session: source, clock, connectTimeoutMs: 10 }));
    await new Promise(setImmediate);
    clock.advance(10);
    expect((await attempt).code).toBe('ERR_SOKKER_CONNECT_TIMEOUT');
    const session = kept(openSession('http://127.0.0.1:1'));
    answer(session);
    await new Promise((resolve) => session.on('close', resolve));
  });

  test('what is given up once it had an answer is cancelled too (RFC 8441 §5)', async () => {
    const codes: Promise<number>[] = [];
    const [session, url] = await sessionWith((stream, headers) => {
      codes.push(new Promise((resolve) => void stream.on('close', () => resolve(stream.rstCode))));
      if (headers[':path'] === '/unasked') stream.respond({ ':status': 200, 'sec-websocket-protocol': 'other' });
      else echo(stream, headers);
    });
    await errorOf(connect(`${url}/unasked`, { session }));
    (await connect(url, { session })).terminate();
    expect(await Promise.all(codes)).toEqual([8, 8]);
  });

  test('once the signal has aborted: the stream is cancelled', async () => {
    const abort = new AbortController();
    const closed = new Promise<number>((resolve) => {
      void sessionWith((stream) => {
        stream.on('close', () => resolve(stream.rstCode));
        abort.abort(new Error('enough'));
      }).then(async ([session, url]) => {
        await expect(connect(url, { session, signal: abort.signal })).rejects.toThrow('enough');
      });
    });
    expect(await closed).toBe(8);
  });
});

describe('redirects', () => {
  test('to the same origin are followed in the session, to another not', async () => {
    const [session, url] = await sessionWith((stream, headers) => {
      if (headers[':path'] === '/there') return echo(stream, headers);
      const location = headers[':path'] === '/away' ? 'ws://b.example/' : '/there';
      return stream.respond({ ':status': 307, location }, { endStream: true });
    });
    const connection = await connect(`${url}/here`, { session, maxRedirects: 1 });
    await connection.close();
    const error = await errorOf(connect(`${url}/away`, { session, maxRedirects: 1 }));
    expect(error).toMatchObject({
      code: 'ERR_SOKKER_REDIRECT',
      message: expect.stringContaining('the session may not') as string,
    });
  });
});

test('connect.forever asks for a session each time', async () => {
  const [first, url] = await sessionWith(echo);
  const second = kept(openSession(url.replace('ws', 'http')));
  const given = [first, second];
  let opened = 0;
  for await (const connection of connect.forever(url, {
    session: () => given.shift() ?? second,
    minDelayMs: 1,
    maxDelayMs: 1,
  })) {
    if (++opened === 1) first.destroy();
    else await connection.close();
    await connection.closed;
  }
  expect([opened, second.closed]).toEqual([2, false]);
});
