import { connect, ConnectError, HandshakeError, UsageError } from '@sokker/client';
import type { Connection } from '@sokker/connection';
import { acceptKey, HeaderFields, type RequestHead } from '@sokker/handshake';
import { getEventListeners, getMaxListeners, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pair } from '@sokker/testkit';
import { TestClock } from './clock.js';
import { listen, nextMessage, script, serve, switching, type TestServer } from './server.js';

const open: TestServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
const keep = async (server: Promise<TestServer>): Promise<TestServer> => {
  open.push(await server);
  return server;
};
const refusalOf = async (attempt: Promise<unknown>): Promise<ConnectError> =>
  attempt.then(
    () => {
      throw new Error('it should have been refused');
    },
    (error: unknown) => error as ConnectError,
  );

describe('connect', () => {
  test('opens a WebSocket, over which messages and the closing handshake go', async () => {
    const { url } = await keep(serve());
    const connection = await connect(url);
    connection.send('grüße');
    expect((await nextMessage(connection)).text()).toBe('grüße');
    expect(await connection.ping()).toBeGreaterThanOrEqual(0);
    expect(await connection.close(4001, 'done')).toMatchObject({ code: 4001, clean: true, by: 'us' });
  });

  test('sends headers, subprotocols and credentials of the URL, and tells what was agreed', async () => {
    let seen: RequestHead | undefined;
    const server = await keep(
      script((accept, _socket, request) => {
        seen = request;
        return switching(accept, { 'Sec-WebSocket-Protocol': 'b', 'X-Served-By': 'seven' });
      }),
    );
    let headers: HeaderFields | undefined;
    const connection = await connect(`http://user:p%40ss@127.0.0.1:${server.port}/chat?room=1`, {
      headers: { Origin: 'https://example.com', Cookie: ['a=1', 'b=2'] },
      subprotocols: ['a', 'b'],
      context: { name: 'mine' },
      onHeaders: (given) => (headers = given),
    });
    const sent = new HeaderFields(seen?.rawHeaders ?? []);
    expect(seen?.target).toBe('/chat?room=1');
    expect(sent.get('host')).toBe(`127.0.0.1:${server.port}`);
    expect(sent.get('origin')).toBe('https://example.com');
    expect(sent.get('cookie')).toBe('a=1; b=2');
    expect(sent.get('authorization')).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
    expect(connection.protocol).toBe('b');
    expect(connection.context.name).toBe('mine');
    expect(headers?.get('x-served-by')).toBe('seven');
    connection.terminate();
  });

  test('a signal that aborts while onHeaders runs is heard: no connection is left behind', async () => {
    const server = await keep(serve(() => undefined));
    const aborter = new AbortController();
    const reason = new Error('not this one');
    const onHeaders = (): void => aborter.abort(reason);
    await expect(connect(server.url, { signal: aborter.signal, onHeaders })).rejects.toBe(reason);
    await once(server.sockets[0]!, 'close');
  });

  test('each attempt has a key of its own', async () => {
    const keys = new Set<string>();
    const { url } = await keep(
      script((_accept, _socket, request) => {
        keys.add(new HeaderFields(request.rawHeaders).only('sec-websocket-key') ?? '');
        return 'HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n';
      }),
    );
    for (let index = 0; index < 20; index++) await refusalOf(connect(url));
    expect(keys.size).toBe(20);
  });

  test('frames in the same segment as the response are not lost', async () => {
    const { url } = await keep(script((accept) => `${switching(accept)}\x81\x02hi`));
    const connection = await connect(url);
    expect((await nextMessage(connection)).text()).toBe('hi');
    connection.terminate();
  });

  test('masking does not change the bytes of the caller', async () => {
    const { url } = await keep(serve());
    const connection = await connect(url);
    const bytes = Buffer.alloc(100_000, 7);
    connection.send(bytes);
    expect((await nextMessage(connection)).data.equals(Buffer.alloc(100_000, 7))).toBe(true);
    expect(bytes.equals(Buffer.alloc(100_000, 7))).toBe(true);
    await connection.close();
  });

  test('goes through a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sokker-'));
    const path = join(folder, 'socket');
    await keep(serve(undefined, {}, { path }));
    const connection = await connect('ws://localhost/', { socketPath: path });
    connection.send('through a file');
    expect((await nextMessage(connection)).text()).toBe('through a file');
    await connection.close();
    rmSync(folder, { recursive: true });
  });

  test('goes through any Duplex that dial makes', async () => {
    const [ours, theirs] = pair();
    theirs.once('readable', () => {
      const head = String(theirs.read());
      const key = head.split('Sec-WebSocket-Key: ')[1]!.split('\r\n')[0]!;
      const accept = acceptKey(key);
      theirs.write(`${switching(accept)}\x81\x02ok`, 'latin1');
    });
    const targets: unknown[] = [];
    const connection = await connect('ws://anywhere.test/x', {
      dial: ({ hostname, port, secure }) => {
        targets.push({ hostname, port, secure });
        return ours;
      },
    });
    expect(targets).toEqual([{ hostname: 'anywhere.test', port: 80, secure: false }]);
    expect((await nextMessage(connection)).text()).toBe('ok');
    connection.terminate();
  });

  test.each([null, undefined])('finds addresses with the lookup it is given, whose error is %p', async (none) => {
    const server = await keep(serve());
    const asked: string[] = [];
    const connection = await connect(`ws://nowhere.test:${server.port}`, {
      lookup: (hostname, _options, callback) => {
        asked.push(hostname);
        callback(none as null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    expect(asked).toEqual(['nowhere.test']);
    await connection.close();
  });
});

describe('what is wrong with the call', () => {
  test.each<[string, string, object]>([
    ['an unknown option', 'ws://localhost', { subprotocol: 'a' }],
    ['a timeout that is no integer', 'ws://localhost', { handshakeTimeoutMs: 1.5 }],
    ['a timeout past what timers keep', 'ws://localhost', { connectTimeoutMs: 2 ** 31 }],
    ['limits that contradict each other', 'ws://localhost', { highWaterMarkBytes: 2, maxBufferedBytes: 1 }],
    ['two ways to get there', 'ws://localhost', { socketPath: '/x', dial: () => undefined }],
    ['TLS options that say where to go', 'ws://localhost', { tls: { host: 'elsewhere' } }],
    ['a header that the handshake owns', 'ws://localhost', { headers: { Upgrade: 'h2c' } }],
    ['a header with a line end', 'ws://localhost', { headers: { 'X-A': 'a\r\nX-B: 1' } }],
    ['a character that would lose its upper half', 'ws://localhost', { headers: { 'X-A': '\u010a' } }],
    ['a repeated subprotocol', 'ws://localhost', { subprotocols: ['a', 'a'] }],
    ['a function that would make an extension', 'ws://localhost', { extensions: [function permessageDeflate() {}] }],
    ['a relative URL', '/chat', {}],
    ['a fragment', 'ws://localhost/#a', {}],
    ['another scheme', 'ftp://localhost/', {}],
  ])('%s is a UsageError, and nothing is dialled', async (_name, url, options) => {
    const error = await refusalOf(connect(url, options));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toBeInstanceOf(UsageError);
    expect(['ERR_SOKKER_OPTION', 'ERR_SOKKER_ARGUMENT']).toContain((error as unknown as UsageError).code);
  });
});

/** Responses that are none to our request (RFC 6455 §4.1), and what each is told as. */
const BROKEN: readonly (readonly [name: string, code: string, reply: (accept: string) => string])[] = [
  ['no Upgrade', 'ERR_SOKKER_RESPONSE_UPGRADE', (a) => switching(a, { Upgrade: undefined })],
  ['another Upgrade', 'ERR_SOKKER_RESPONSE_UPGRADE', (a) => switching(a, { Upgrade: 'h2c' })],
  ['no Connection', 'ERR_SOKKER_RESPONSE_CONNECTION', (a) => switching(a, { Connection: undefined })],
  ['another Connection', 'ERR_SOKKER_RESPONSE_CONNECTION', (a) => switching(a, { Connection: 'keep-alive' })],
  ['no Accept', 'ERR_SOKKER_ACCEPT', (a) => switching(a, { 'Sec-WebSocket-Accept': undefined })],
  ['a wrong Accept', 'ERR_SOKKER_ACCEPT', (a) => switching(a.toLowerCase())],
  ['Accept twice', 'ERR_SOKKER_ACCEPT', (a) => switching(a, {}, `Sec-WebSocket-Accept: ${a}\r\n`)],
  [
    'a subprotocol not asked for',
    'ERR_SOKKER_RESPONSE_SUBPROTOCOL',
    (a) => switching(a, { 'Sec-WebSocket-Protocol': 'x' }),
  ],
  ['an empty subprotocol', 'ERR_SOKKER_RESPONSE_SUBPROTOCOL', (a) => switching(a, { 'Sec-WebSocket-Protocol': '' })],
  [
    'a subprotocol in another case',
    'ERR_SOKKER_RESPONSE_SUBPROTOCOL',
    (a) => switching(a, { 'Sec-WebSocket-Protocol': 'CHAT' }),
  ],
  [
    'two subprotocols',
    'ERR_SOKKER_RESPONSE_SUBPROTOCOL',
    (a) => switching(a, {}, 'Sec-WebSocket-Protocol: chat\r\n'.repeat(2)),
  ],
  [
    'an extension not asked for',
    'ERR_SOKKER_EXTENSION_UNASKED',
    (a) => switching(a, { 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
  ],
  [
    'extensions twice',
    'ERR_SOKKER_EXTENSIONS_REPEATED',
    (a) => switching(a, {}, 'Sec-WebSocket-Extensions: x\r\n'.repeat(2)),
  ],
  ['HTTP/1.0', 'ERR_SOKKER_RESPONSE_VERSION', (a) => switching(a).replace('HTTP/1.1', 'HTTP/1.0')],
  ['HTTP/2.0', 'ERR_SOKKER_HTTP_VERSION', (a) => switching(a).replace('HTTP/1.1', 'HTTP/2.0')],
  ['Content-Length', 'ERR_SOKKER_RESPONSE_BODY', (a) => switching(a, { 'Content-Length': '5' })],
  ['Transfer-Encoding', 'ERR_SOKKER_RESPONSE_BODY', (a) => switching(a, { 'Transfer-Encoding': 'chunked' })],
  ['a bare LF', 'ERR_SOKKER_LINE_ENDING', (a) => switching(a).replaceAll('\r\n', '\n')],
  ['a folded header', 'ERR_SOKKER_HEADER_FOLDED', (a) => switching(a, { 'X-A': 'a\r\n b' })],
  ['no HTTP', 'ERR_SOKKER_STATUS_LINE', () => 'SSH-2.0-OpenSSH_9.9\r\n\r\n'],
  ['17 interim responses', 'ERR_SOKKER_TOO_MANY_INTERIM', (a) => 'HTTP/1.1 103 \r\n\r\n'.repeat(17) + switching(a)],
  ['a head of 17 KiB', 'ERR_SOKKER_HEAD_TOO_BIG', (a) => switching(a, { 'X-A': 'a'.repeat(17 * 1024) })],
  ['101 headers', 'ERR_SOKKER_TOO_MANY_HEADERS', (a) => switching(a, {}, 'X-A: a\r\n'.repeat(101))],
  ['an end within the head', 'ERR_SOKKER_HEAD_TRUNCATED', (a) => switching(a).slice(0, 60)],
];

describe('a response that breaks a rule', () => {
  test.each(BROKEN)('%s: %s', async (_name, code, reply) => {
    const clock = new TestClock();
    const ends = code === 'ERR_SOKKER_HEAD_TRUNCATED';
    let sentBytes = 0;
    let gone: () => void = () => undefined;
    const socketGone = new Promise<void>((resolve) => (gone = resolve));
    const { url } = await keep(
      script((accept, socket) => {
        socket.on('data', (chunk) => (sentBytes += chunk.length)).on('close', gone);
        if (!ends) return reply(accept);
        socket.end(reply(accept));
        return undefined;
      }),
    );
    const error = await refusalOf(connect(url, { clock, subprotocols: ['chat'] }));
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error.code).toBe(code);
    expect(error.status).toBeUndefined();
    // The socket is destroyed, no Close frame was sent, no timer is left.
    await socketGone;
    expect(sentBytes).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('16 interim responses pass', async () => {
    const { url } = await keep(script((accept) => 'HTTP/1.1 103 \r\n\r\n'.repeat(16) + switching(accept)));
    (await connect(url)).terminate();
  });

  test('white space and case do not matter', async () => {
    const changes = { Upgrade: '\t WebSocket ', Connection: 'keep-alive, uPGRADE' };
    const { url } = await keep(script((accept) => switching(` ${accept}  `, changes)));
    (await connect(url)).terminate();
  });
});

describe('a refusal', () => {
  test.each([
    ['counted', 'Content-Length: 5\r\n\r\nsorry and more'],
    ['chunked', 'Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nsor\r\n2\r\nry\r\n0\r\n\r\n'],
  ])('tells status, headers and a %s body', async (_name, rest) => {
    const server = await keep(script(() => `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n${rest}`));
    const error = await refusalOf(connect(server.url));
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: 'ERR_SOKKER_DECLINED', status: 401 });
    expect(error.headers?.get('www-authenticate')).toBe('Basic');
    expect(error.body?.toString()).toBe('sorry');
    expect(error.message).toContain('WebSocket: 401: sorry (');
  });

  test('a body that ends with the stream', async () => {
    const { url } = await keep(script((_a, socket) => void socket.end('HTTP/1.1 500 \r\n\r\nbroken')));
    expect((await refusalOf(connect(url))).body?.toString()).toBe('broken');
  });

  test('a body is read up to maxBodyBytes', async () => {
    const { url } = await keep(script(() => `HTTP/1.1 500 \r\n\r\n${'x'.repeat(10_000)}`));
    expect((await refusalOf(connect(url, { maxBodyBytes: 100 }))).body).toHaveLength(100);
  });

  test.each([
    ['within the second chunk', 13, 'twelve bytese'],
    ['within the first', 10, 'twelve byt'],
    ['after all of them', 20, 'twelve byteseight...'],
  ])('chunks that come in one read are cut at maxBodyBytes: %s', async (_where, maxBodyBytes, body) => {
    const chunks = 'c\r\ntwelve bytes\r\n8\r\neight...\r\n0\r\n\r\n';
    const { url } = await keep(script(() => `HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`));
    expect((await refusalOf(connect(url, { maxBodyBytes }))).body?.toString()).toBe(body);
  });

  test('a body that never ends is cut at the deadline', async () => {
    const clock = new TestClock();
    const { url } = await keep(script(() => 'HTTP/1.1 500 \r\nContent-Length: 9\r\n\r\nabc'));
    const attempt = refusalOf(connect(url, { clock, connectTimeoutMs: 1e9, handshakeTimeoutMs: 1000 }));
    await whileWaiting(attempt, () => clock.advance(1));
    expect(await attempt).toMatchObject({ status: 500, body: Buffer.from('abc') });
  });

  test('a redirect is a refusal as long as redirects are off', async () => {
    const { url } = await keep(script(() => 'HTTP/1.1 302 \r\nLocation: /x\r\nContent-Length: 0\r\n\r\n'));
    const error = await refusalOf(connect(url));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_DECLINED', status: 302 });
    expect(error.headers?.get('location')).toBe('/x');
  });
});

/** Runs `act` between turns of the event loop until the promise settles. */
async function whileWaiting(promise: Promise<unknown>, act: () => void): Promise<void> {
  let settled = false;
  void promise.finally(() => (settled = true)).catch(() => undefined);
  while (!settled) {
    act();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('deadlines and signals', () => {
  test('no address in time', async () => {
    const clock = new TestClock();
    const attempt = refusalOf(connect('ws://x.test', { clock, connectTimeoutMs: 40, lookup: () => undefined }));
    expect(clock.pending).toBe(1);
    clock.advance(40);
    expect((await attempt).code).toBe('ERR_SOKKER_CONNECT_TIMEOUT');
    expect(clock.pending).toBe(0);
  });

  test('no stream in time; one that comes late is destroyed', async () => {
    const clock = new TestClock();
    const [ours] = pair();
    let give: (stream: typeof ours) => void = () => undefined;
    const late = new Promise<typeof ours>((resolve) => (give = resolve));
    const set = clock.timerSet();
    const attempt = refusalOf(connect('ws://x.test', { clock, connectTimeoutMs: 40, dial: () => late }));
    await set;
    clock.advance(40);
    expect((await attempt).code).toBe('ERR_SOKKER_CONNECT_TIMEOUT');
    give(ours);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ours.destroyed).toBe(true);
  });

  /** What `dial` may answer that is no Duplex. */
  const strange: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['the two halves of one', { readable: new ReadableStream(), writable: new WritableStream() }],
    ['a stream that is only read', Readable.from([])],
  ];

  test.each(strange)('dial that answers %s is the fault of the call', async (_what, answer) => {
    const clock = new TestClock();
    for (const url of ['ws://x.test', 'wss://x.test']) {
      const error = await refusalOf(connect(url, { clock, dial: () => answer as never }));
      expect(error).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT' });
      expect(error.message).toMatch(/^connect: dial must answer a Duplex, not /);
    }
    expect(clock.pending).toBe(0);
  });

  test.each(strange)('that it answers %s too late is nothing that nobody catches', async (_what, answer) => {
    const aborter = new AbortController();
    let give: (stream: unknown) => void = () => undefined;
    const asked = new Promise<void>((dialled) => {
      const late = new Promise<unknown>((resolve) => (give = resolve));
      const dial = (): Promise<never> => (dialled(), late as Promise<never>);
      void connect('ws://x.test', { signal: aborter.signal, dial }).catch(() => undefined);
    });
    await asked;
    aborter.abort();
    give(answer);
    // A rejection that nobody catches is told a turn later, and then fails this test.
    await new Promise((resolve) => setImmediate(resolve));
  });

  test('no TLS in time', async () => {
    const clock = new TestClock();
    const server = await keep(listen(() => undefined));
    const attempt = refusalOf(
      connect(`wss://127.0.0.1:${server.port}`, { clock, connectTimeoutMs: 1e6, tlsTimeoutMs: 50 }),
    );
    await whileWaiting(attempt, () => clock.advance(10));
    expect((await attempt).code).toBe('ERR_SOKKER_TLS_TIMEOUT');
    expect(clock.pending).toBe(0);
  });

  test('no response in time, not even one that dribbles', async () => {
    const clock = new TestClock();
    const server = await keep(script((accept, socket) => (socket.write(switching(accept).slice(0, 20)), undefined)));
    const attempt = refusalOf(connect(server.url, { clock, connectTimeoutMs: 1e9, handshakeTimeoutMs: 50 }));
    await whileWaiting(attempt, () => clock.advance(10));
    expect((await attempt).code).toBe('ERR_SOKKER_HANDSHAKE_TIMEOUT');
    expect(clock.pending).toBe(0);
  });

  test('an aborted signal rejects with its reason, and the socket goes', async () => {
    const reason = new Error('changed my mind');
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      void keep(script((_a, socket) => (socket.on('close', resolve), controller.abort(reason), undefined))).then(
        async ({ url }) => expect(await refusalOf(connect(url, { signal: controller.signal }))).toBe(reason),
      );
    });
    await closed;
  });

  test('a signal that was aborted before dials nothing', async () => {
    const dial = jest.fn();
    const signal = AbortSignal.abort(new Error('too late'));
    expect((await refusalOf(connect('ws://x.test', { signal, dial }))).message).toBe('too late');
    expect(dial).not.toHaveBeenCalled();
  });

  test('a signal that many attempts share is no leak, and none stays with it', async () => {
    const { url } = await keep(serve());
    const { signal } = new AbortController();
    const attempts = Array.from({ length: 20 }, () => connect(url, { signal }));
    expect(getEventListeners(signal, 'abort').length).toBeGreaterThanOrEqual(20);
    // With more than this Node warns of a leak.
    expect(getMaxListeners(signal)).toBe(Infinity);
    for (const connection of await Promise.all(attempts)) connection.terminate();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('after the opening the signal has no effect', async () => {
    const { url } = await keep(serve());
    const controller = new AbortController();
    const connection = await connect(url, { signal: controller.signal });
    controller.abort();
    connection.send('still here');
    expect((await nextMessage(connection)).text()).toBe('still here');
    await connection.close();
  });

  test('nobody listens there', async () => {
    const server = await listen(() => undefined);
    await server.close();
    const error = await refusalOf(connect(server.url));
    expect(error.code).toBe('ERR_SOKKER_UNREACHABLE');
    expect(error.message).toContain(`127.0.0.1:${server.port}: ECONNREFUSED`);
    expect((error.cause as NodeJS.ErrnoException).code).toBe('ECONNREFUSED');
  });

  test.each<[string, string, object]>([
    ['a path', '/nowhere/socket: ENOENT', { socketPath: '/nowhere/socket' }],
    [
      'dial',
      'through dial: EHOSTDOWN',
      { dial: () => Promise.reject(Object.assign(new Error(), { code: 'EHOSTDOWN' })) },
    ],
    ['dial that says nothing', 'through dial', { dial: () => Promise.reject(new Error()) }],
    [
      'dial whose code is none',
      'through dial',
      { dial: () => Promise.reject(Object.assign(new Error(), { code: '\x1b[2J' })) },
    ],
    [
      'dial whose code is a number',
      'through dial',
      { dial: () => Promise.reject(Object.assign(new Error(), { code: 5 })) },
    ],
  ])('%s that cannot be reached is named', async (_what, named, options) => {
    const { code, message } = await refusalOf(connect('ws://[::1]:81', options));
    expect({ code, message }).toEqual({
      code: 'ERR_SOKKER_UNREACHABLE',
      message: `no connection to the server came about: ${named}`,
    });
  });

  const failing = (code?: string) => Object.assign(new Error('lookup'), code === undefined ? {} : { code });

  test.each<[string, Error | null, string]>([
    ['it is unknown', failing('ENOTFOUND'), 'the host has no address'],
    ['it is known, and has none', failing('ENODATA'), 'the host has no address'],
    ['nothing was found, without an error', null, 'the host has no address'],
    ['DNS is down', failing('EAI_AGAIN'), 'the lookup of the host failed: EAI_AGAIN'],
    ['DNS answers with a failure', failing('ESERVFAIL'), 'the lookup of the host failed: ESERVFAIL'],
    ['a lookup fails without a code', failing(), 'the lookup of the host failed'],
    ['a lookup fails with a code that is none', failing('\x1b[2J'), 'the lookup of the host failed'],
  ])('where a host is not found because %s, that is told', async (_why, cause, told) => {
    const lookup: LookupFunction = (_hostname, _options, callback) => callback(cause, []);
    const error = await refusalOf(connect('ws://x.test', { lookup }));
    expect(error.code).toBe('ERR_SOKKER_UNREACHABLE');
    expect(error.message).toBe(`no connection to the server came about: x.test:80: ${told}`);
    expect(error.cause).toBe(cause ?? undefined);
  });
});

describe('turns (RFC 6455 §4.1)', () => {
  test('one attempt to an address at a time, under whatever name', async () => {
    let connecting = 0;
    let most = 0;
    const accepts: (() => void)[] = [];
    const server = await keep(
      script((accept, socket) => {
        most = Math.max(most, ++connecting);
        accepts.push(() => {
          connecting--;
          socket.write(switching(accept));
        });
        return undefined;
      }),
    );
    const lookup = (_h: string, _o: unknown, callback: (error: null, found: unknown) => void): void =>
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    const attempts = ['a.test', '127.0.0.1', 'b.test'].map((host) =>
      connect(`ws://${host}:${server.port}`, { lookup: lookup as never }),
    );
    const all = Promise.all(attempts);
    await whileWaiting(all, () => accepts.shift()?.());
    expect(most).toBe(1);
    for (const connection of await all) connection.terminate();
  });

  test('the address of a Unix socket is its path: names do not tell attempts apart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sokker-'));
    const path = join(folder, 'socket');
    const accepts: (() => void)[] = [];
    await keep(script((accept, socket) => (accepts.push(() => socket.write(switching(accept))), undefined), { path }));
    const all = Promise.all(['a.test', 'b.test'].map((host) => connect(`ws://${host}/`, { socketPath: path })));
    while (accepts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(accepts).toHaveLength(1);
    await whileWaiting(all, () => accepts.shift()?.());
    for (const connection of await all) connection.terminate();
    rmSync(folder, { recursive: true });
  });

  test('waitTurn: false lets them go at once', async () => {
    const accepts: (() => void)[] = [];
    const server = await keep(
      script((accept, socket) => (accepts.push(() => socket.write(switching(accept))), undefined)),
    );
    const all = Promise.all([1, 2, 3].map(() => connect(server.url, { waitTurn: false })));
    while (accepts.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (const accept of accepts) accept();
    for (const connection of await all) connection.terminate();
  });

  test('a refusal ends the turn with its head: who comes next does not wait for the body', async () => {
    const clock = new TestClock();
    let asked = 0;
    const { url } = await keep(script((accept) => (asked++ === 0 ? 'HTTP/1.1 403 \r\n\r\nno' : switching(accept))));
    const refused = refusalOf(connect(url, { clock, handshakeTimeoutMs: 1000 }));
    (await connect(url)).terminate();
    clock.advance(1000);
    expect(await refused).toMatchObject({ status: 403, body: Buffer.from('no') });
  });

  test('who gives up while waiting leaves the queue', async () => {
    let answer: (() => void) | undefined;
    const server = await keep(
      script((accept, socket) => ((answer = () => socket.write(switching(accept))), undefined)),
    );
    const first = connect(server.url);
    const controller = new AbortController();
    const second = refusalOf(connect(server.url, { signal: controller.signal }));
    const third = connect(server.url);
    while (answer === undefined) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('not waiting'));
    expect((await second).message).toBe('not waiting');
    await whileWaiting(third, () => answer?.());
    for (const connection of [await first, await third]) connection.terminate();
  });
});

/** A server that sends everyone on. */
function redirecting(location: string, seen: HeaderFields[], status = 302): Promise<TestServer> {
  return keep(
    script((_accept, _socket, request) => {
      seen.push(new HeaderFields(request.rawHeaders));
      return `HTTP/1.1 ${status} \r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
    }),
  );
}

describe('redirects', () => {
  const secrets = { Authorization: 'Bearer s', Cookie: 's=1', 'Proxy-Authorization': 'Basic s', 'X-Other': 'kept' };

  test('to another origin go without credentials, and with a new key', async () => {
    const seen: HeaderFields[] = [];
    const target = await keep(
      script((accept, _socket, request) => {
        seen.push(new HeaderFields(request.rawHeaders));
        return switching(accept);
      }),
    );
    const first = await redirecting(`http://x:y@127.0.0.1:${target.port}/there#part`, seen);
    (await connect(first.url, { maxRedirects: 1, headers: secrets })).terminate();
    const [before, after] = seen as [HeaderFields, HeaderFields];
    expect(before.get('authorization')).toBe('Bearer s');
    for (const name of ['authorization', 'cookie', 'proxy-authorization']) expect(after.has(name)).toBe(false);
    expect(after.get('x-other')).toBe('kept');
    expect(after.get('sec-websocket-key')).not.toBe(before.get('sec-websocket-key'));
  });

  test('within the origin keep them, those of the URL too', async () => {
    const seen: HeaderFields[] = [];
    const server = await keep(
      script((accept, _socket, request) => {
        seen.push(new HeaderFields(request.rawHeaders));
        if (request.target === '/there') return switching(accept);
        return 'HTTP/1.1 307 \r\nLocation: there\r\nContent-Length: 0\r\n\r\n';
      }),
    );
    (
      await connect(`ws://u:p@127.0.0.1:${server.port}/`, { maxRedirects: 1, headers: [['Cookie', 's=1']] })
    ).terminate();
    expect(seen[1]?.get('cookie')).toBe('s=1');
    expect(seen[1]?.get('authorization')).toBe(seen[0]?.get('authorization'));
  });

  test('keep headers that can be read only once', async () => {
    const seen: HeaderFields[] = [];
    const server = await redirecting('/again', seen);
    const headers = new Map(Object.entries(secrets)).entries();
    await refusalOf(connect(server.url, { maxRedirects: 2, headers }));
    expect(seen.map((each) => each.get('authorization'))).toEqual(['Bearer s', 'Bearer s', 'Bearer s']);
  });

  test('are followed whatever their body does', async () => {
    let asked = 0;
    const server = await keep(
      script((accept) => (asked++ === 0 ? 'HTTP/1.1 302 \r\nLocation: /there\r\n\r\nand so on' : switching(accept))),
    );
    (await connect(server.url, { maxRedirects: 1 })).terminate();
    const [first] = server.sockets;
    if (first?.closed === false) await once(first, 'close');
  });

  test('that are not followed tell their body', async () => {
    const { url } = await keep(script(() => 'HTTP/1.1 302 \r\nLocation: /x\r\nContent-Length: 2\r\n\r\nno'));
    expect((await refusalOf(connect(url, { maxRedirects: 1 }))).body?.toString()).toBe('no');
  });

  test('more than allowed end in the last refusal', async () => {
    const seen: HeaderFields[] = [];
    const server = await redirecting('/again', seen);
    const error = await refusalOf(connect(server.url, { maxRedirects: 3 }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_DECLINED', status: 302 });
    expect(seen).toHaveLength(4);
  });

  test.each(['ftp://127.0.0.1/', 'ws://[bad'])('to %p lead nowhere', async (location) => {
    const server = await redirecting(location, []);
    const error = await refusalOf(connect(server.url, { maxRedirects: 5 }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_REDIRECT', status: 302 });
  });

  test.each([
    ['differ', '/there'],
    ['agree', '/here'],
  ])('to two places at once lead nowhere, also where they %s', async (_how, other) => {
    const seen: HeaderFields[] = [];
    const server = await redirecting(`/here\r\nLocation: ${other}`, seen);
    const error = await refusalOf(connect(server.url, { maxRedirects: 5 }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_REDIRECT', status: 302 });
    expect(error.message).toContain('where we do not go: there is not exactly one Location');
    expect(seen).toHaveLength(1);
  });
});

describe('the type of the connection', () => {
  test('carries its context', async () => {
    const { url } = await keep(serve());
    const connection: Connection<{ user: string }> = await connect(url, { context: { user: 'ada' } });
    expect(connection.context.user).toBe('ada');
    await connection.close();
  });
});
