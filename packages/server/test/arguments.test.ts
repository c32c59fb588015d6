import { SokkerServer, type BroadcastOptions, type UpgradeEmitter } from '@sokker/server';
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { Rig } from './rig.js';

/** What TypeScript would not let by, as JavaScript may give it. */
function wrong<Value>(value: unknown): Value {
  return value as Value;
}

function usageError(message: string): unknown {
  return expect.objectContaining({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT', message });
}

describe('listen takes a port or the path of a unix socket, and nothing that may stand for another', () => {
  test.each<[unknown, string]>([
    [undefined, 'a port is an integer from 0 to 65535, not undefined'],
    [null, 'a port is an integer from 0 to 65535, not null'],
    [-1, 'a port is an integer from 0 to 65535, not -1'],
    [65_536, 'a port is an integer from 0 to 65535, not 65536'],
    [Number.NaN, 'a port is an integer from 0 to 65535, not NaN'],
    [80.5, 'a port is an integer from 0 to 65535, not 80.5'],
    [{ port: 3000 }, 'a port is an integer from 0 to 65535, not an object'],
    ['3000', "a port is a number, not the string '3000': convert it, as in Number(process.env.PORT)"],
    ['', "the path of a unix socket has a slash, as in './server.sock', not ''"],
    ['localhost', "the path of a unix socket has a slash, as in './server.sock', not 'localhost'"],
  ])('%p is refused in one sentence', async (given, message) => {
    const server = new SokkerServer();
    await expect(server.listen(wrong<number>(given))).rejects.toEqual(usageError(message));
    await server.close();
  });

  test('the path of a unix socket that Node.js would cut is refused', async () => {
    const most = process.platform === 'linux' ? 108 : 103;
    const path = '/nowhere/é'.padEnd(most - 1, 'x');
    const server = new SokkerServer();
    const refused = usageError(`the path of a unix socket has at most ${most} bytes, not ${most + 1}`);
    await expect(server.listen(`${path}x`)).rejects.toEqual(refused);
    await expect(server.listen(path)).rejects.toMatchObject({ code: 'ERR_SOKKER_ADDRESS_DIRECTORY' });
  });

  test('nothing at all is no port either', async () => {
    const listen = wrong<() => Promise<unknown>>((...given: [number]) => new SokkerServer().listen(...given));
    await expect(listen()).rejects.toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
  });

  test.each<[unknown, string]>([
    [null, 'a host is a name or an address, not null'],
    ['', "a host is a name or an address, not ''"],
    [3000, 'a host is a name or an address, not 3000'],
  ])('the host %p is refused', async (host, message) => {
    await expect(new SokkerServer().listen(0, wrong<string>(host))).rejects.toEqual(usageError(message));
  });

  const callback = (): undefined => undefined;
  test.each<[string, unknown[]]>([
    ['after the port', [0, callback]],
    ['after the host', [0, '127.0.0.1', callback]],
    ['after no host', [0, undefined, callback]],
    ['after the backlog', [0, '127.0.0.1', 511, callback]],
    ['after the path', ['./server.sock', callback]],
  ])('a callback %s would never be called: it is refused', async (_, given) => {
    const server = new SokkerServer();
    await expect(server.listen(...(given as [number]))).rejects.toEqual(
      usageError('listen takes no callback: write await server.listen(port), or .then(callback) behind it'),
    );
    await server.close();
  });
});

/** An app of Express: a function that emits. */
const app = Object.assign(() => undefined, EventEmitter.prototype);

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['an object', {}, 'an object'],
  ['a port', 3000, '3000'],
  ['an app of Express', app, 'a function'],
  ['an app of Koa', new EventEmitter(), 'an object'],
  ['a server of node:net', createNetServer(), 'an object'],
  ['one that emits nothing', { headersTimeout: 0 }, 'an object'],
])('attach takes a server that has upgrades to tell: %s is refused', (_, given, shown) => {
  const expected =
    'attach takes a server of node:http, node:https or node:http2, such as http.createServer(app) or app.listen() returns';
  expect(() => new SokkerServer().attach(wrong(given))).toThrow(usageError(`${expected}, not ${shown}`) as Error);
});

test.each<[string, UpgradeEmitter]>([
  ['node:http', createServer()],
  ['node:http without a deadline for heads', Object.assign(createServer(), { headersTimeout: 0 })],
  ['node:https', createHttpsServer()],
  ['node:http2', createHttp2Server()],
  ['node:http2 that speaks HTTP/1 as well', createSecureServer({ allowHTTP1: true })],
])('attach takes a server of %s', (_, http) => {
  const detach = new SokkerServer().attach(http);
  expect(http.listenerCount('upgrade')).toBe(1);
  detach();
});

test.each(['/rooms/:id', '/:room', '/chat?x=1', '/chat#top', '/chat*'])(
  'attach takes no path that none can equal: %s',
  (path) => {
    const http = createServer();
    expect(() => new SokkerServer().attach(http, { path })).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        code: 'ERR_SOKKER_OPTION',
        message: `attach: path must be one path as it stands, without query, parameters or wildcards, not '${path}': for several give a function, as in (path) => path.startsWith('/rooms/')`,
      }) as Error,
    );
    expect(http.listenerCount('upgrade')).toBe(0);
  },
);

test('attach takes a path with a colon inside a segment', () => {
  const detach = new SokkerServer().attach(createServer(), { path: '/urn:isbn:1' });
  detach();
});

const REQUEST = { httpVersion: '1.1', rawHeaders: [] };

test.each<[string, unknown[], string]>([
  ['nothing', [], 'the request of handleUpgrade is one of node:http, not undefined'],
  ['an object of another kind', [{}], 'the request of handleUpgrade is one of node:http, not an object'],
  [
    'a request of node:http2',
    [{ ...REQUEST, httpVersion: '2.0' }, new PassThrough(), Buffer.alloc(0)],
    'handleUpgrade takes a request of HTTP/1.1, not of HTTP/2.0: attach the server that it came to',
  ],
  ['no socket', [REQUEST], 'the socket of handleUpgrade is a Duplex, not undefined'],
  [
    'a socket of another kind',
    [REQUEST, { on: () => undefined }],
    'the socket of handleUpgrade is a Duplex, not an object',
  ],
  ['no head', [REQUEST, new PassThrough()], 'the head of handleUpgrade is a Buffer, not undefined'],
  ['a head in letters', [REQUEST, new PassThrough(), 'a'], "the head of handleUpgrade is a Buffer, not 'a'"],
])('handleUpgrade takes what node:http gives: %s is refused', async (_, given, message) => {
  const server = new SokkerServer();
  const asked = given as Parameters<SokkerServer['handleUpgrade']>;
  await expect(server.handleUpgrade(...asked)).rejects.toEqual(usageError(message));
  expect(server.metrics().handshakes).toBe(0);
});

test('attach judges its options before it touches the server', () => {
  const http = createServer();
  expect(() => new SokkerServer().attach(http, wrong(null))).toThrow(
    expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }) as Error,
  );
  expect(http.listenerCount('upgrade')).toBe(0);
});

test('the function that makes an extension is none', () => {
  expect(() => new SokkerServer({ extensions: [wrong(function permessageDeflate() {})] })).toThrow(
    expect.objectContaining({ name: 'UsageError', code: 'ERR_SOKKER_OPTION' }) as Error,
  );
});

test('what the policy of a server refuses is said of the server', () => {
  const deflate = 'SokkerServer: extensions takes [permessageDeflate()] of @sokker/deflate, not a string';
  expect(() => new SokkerServer({ extensions: [wrong('permessage-deflate')] })).toThrow(deflate);
  expect(() => new SokkerServer({ subprotocols: ['a', 'a'] })).toThrow('SokkerServer: subprotocols');
  const codec = { decode: String, encode: String };
  expect(() => new SokkerServer().protocol('a b', codec)).toThrow('protocol: subprotocols must be unique tokens');
});

test.each<[string, unknown]>([
  ['null', null],
  ['a topic that is no string', { to: 5 }],
  ['an unknown key', { topic: 'news' }],
  ['several topics', { to: ['news', 'sport'] }],
  ['a connection that is none', { to: [undefined] }],
  ['topics left out', { except: ['news'] }],
  ['one left out that is no connection', { except: {} }],
])('broadcast refuses %s as its options', (_, options) => {
  const server = new SokkerServer();
  const refused = expect.objectContaining({ name: 'UsageError', code: 'ERR_SOKKER_OPTION' }) as Error;
  expect(() => server.broadcast('x', wrong<BroadcastOptions>(options))).toThrow(refused);
  const codec = { decode: String, encode: String };
  expect(() => server.protocol('a', codec).broadcast('x', wrong<BroadcastOptions>(options))).toThrow(refused);
});

test('broadcast says how several topics are reached, and they are', async () => {
  const rig = await Rig.start();
  const { server } = rig;
  const [wire, connection] = await rig.open();
  for (const topic of ['news', 'sport']) connection.join(topic);
  expect(() => server.broadcast('x', { to: wrong(['news', 'sport']) })).toThrow(
    "broadcast: to must be the name of one topic, or an iterable of connections, not of 'news': for several topics give new Set([...server.topic('a'), ...server.topic('b')])",
  );
  const to = new Set([...server.topic('news'), ...server.topic('sport')]);
  expect(server.broadcast('x', { to }).sent).toBe(1);
  expect(server.broadcast('y', { except: server.topic('news') }).sent).toBe(0);
  expect((await wire.frame()).payload.toString()).toBe('x');
  await rig.stop();
});

test('a topic is a string', async () => {
  const rig = await Rig.start();
  const [, connection] = await rig.open();
  const refused = usageError('a topic is a string, not 5') as Error;
  expect(() => connection.join(wrong(5))).toThrow(refused);
  expect(() => connection.leave(wrong(5))).toThrow(refused);
  expect(() => rig.server.topic(wrong(5))).toThrow(refused);
  expect([connection.topics.size, rig.server.metrics().topics]).toEqual([0, 0]);
  await rig.stop();
});
