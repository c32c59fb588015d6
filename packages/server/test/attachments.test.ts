import { SokkerServer, type AttachOptions } from '@sokker/server';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathOf } from '../src/attachments.js';
import { Wire } from './wire.js';

test.each([
  ['/chat', '/chat'],
  ['/chat?a=/b', '/chat'],
  ['http://example.com/chat?x', '/chat'],
  ['http://example.com', '/'],
  ['http://example.com?x=/y', '/'],
  ['*', '/'],
  ['', '/'],
])('the path of %j is %j', (target, path) => expect(pathOf(target)).toBe(path));

test('who is attached after all listeners were removed answers, and those before it too', () => {
  const http = createServer();
  const detach = ['/a', '/b'].map((path) => {
    http.removeAllListeners('upgrade');
    return new SokkerServer().attach(http, { path });
  });
  expect(http.listenerCount('upgrade')).toBe(1);
  for (const undo of detach) undo();
  expect(http.listenerCount('upgrade')).toBe(0);
});

describe('a server for which one attached before leaves nothing', () => {
  const start = (path: string): boolean => path.startsWith('/');

  test.each<[first: AttachOptions['path'], second: AttachOptions['path'], taken: string]>([
    [undefined, undefined, 'every path'],
    [undefined, '/chat', 'every path'],
    [undefined, start, 'every path'],
    ['/chat', '/chat', "the path '/chat'"],
    [start, start, 'the same path function'],
  ])('behind %p, %p is refused', (first, second, taken) => {
    const http = createServer();
    const detach = new SokkerServer().attach(http, { path: first });
    const attachSecond = (): (() => void) => new SokkerServer().attach(http, { path: second });
    expect(attachSecond).toThrow(
      expect.objectContaining({
        code: 'ERR_SOKKER_OPTION',
        message: `attach: a server is attached for ${taken} already: give each a path of its own, attach the one without a path last, or detach the other first`,
      }),
    );
    detach();
    expect(http.listenerCount('upgrade')).toBe(0);
    expect(attachSecond).not.toThrow();
  });

  test.each<[first: AttachOptions['path'], second: AttachOptions['path']]>([
    ['/chat', undefined],
    ['/chat', '/chat/'],
    ['/chat', start],
    [start, '/chat'],
  ])('not so behind %p: %p', (first, second) => {
    const http = createServer();
    new SokkerServer().attach(http, { path: first });
    expect(() => new SokkerServer().attach(http, { path: second })).not.toThrow();
  });
});

describe('who is turned away is counted once', () => {
  let http: Server;
  let servers: SokkerServer[];

  async function statusOf(target: string, paths: AttachOptions['path'][]): Promise<number> {
    for (const [index, path] of paths.entries()) servers[index]?.attach(http, { path });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const wire = await Wire.open((http.address() as AddressInfo).port, ['X-Forwarded-For: 198.51.100.1'], target);
    return (await wire.response()).status;
  }

  function refusals(): unknown {
    return servers.map((server) => server.metrics().refusals);
  }

  beforeEach(() => {
    http = createServer();
    servers = [0, 1].map(() => new SokkerServer({ closeTimeoutMs: 20, trustedProxies: ['127.0.0.1'] }));
    for (const server of servers) server.on('error', () => undefined);
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  test('where no path is theirs, by the first that was attached', async () => {
    const seen: unknown[] = [];
    const note = (message: unknown): unknown => seen.push(message);
    subscribe('sokker:server:refuse', note);
    expect(await statusOf('/c?d', ['/a', '/b'])).toBe(404);
    unsubscribe('sokker:server:refuse', note);
    expect(refusals()).toEqual([{ ERR_SOKKER_PATH: 1 }, {}]);
    const message = 'no WebSocket is served at this path: /c (RFC 9110 §15.5.5)';
    const error = expect.objectContaining({ code: 'ERR_SOKKER_PATH', message }) as Error;
    expect(seen).toEqual([{ server: servers[0], error, remoteAddress: '198.51.100.1' }]);
  });

  test('where a path function throws, by its own server', async () => {
    const fails = (): boolean => decodeURIComponent('%') === '';
    expect(await statusOf('/c', ['/a', fails])).toBe(500);
    expect(refusals()).toEqual([{}, { ERR_SOKKER_UPGRADE_FAULT: 1 }]);
    expect(servers.map((server) => server.metrics().errors)).toEqual([{}, { other: 1 }]);
  });

  test('not where someone else answers', async () => {
    http.on('upgrade', (_, socket) => socket.end('HTTP/1.1 418 \r\n\r\n'));
    expect(await statusOf('/c', ['/a'])).toBe(418);
    expect(refusals()).toEqual([{}, {}]);
  });
});
