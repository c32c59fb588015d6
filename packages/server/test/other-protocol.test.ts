import { SokkerServer } from '@sokker/server';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { turnsUntil } from './rig.js';
import { request } from './wire.js';

/** As `curl --http2` asks. */
const H2C = 'Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';

let http: Server;
let server: SokkerServer;
let socket: Socket;
let seen: string;
let asked: IncomingMessage[];

/** What became of the request, once all of it was read. */
function tell(incoming: IncomingMessage, response: ServerResponse): void {
  let body = '';
  incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
  incoming.on('end', () => {
    const { method = '', url = '', complete, headers } = incoming;
    response.end(`<${method} ${url} ${body} ${complete} ${headers.upgrade ?? 'plain'}>`);
  });
}

async function start(listener: RequestListener = tell): Promise<void> {
  seen = '';
  asked = [];
  http = createServer(listener).on('request', (incoming: IncomingMessage) => asked.push(incoming));
  server = new SokkerServer({ origin: 'any', closeTimeoutMs: 20 });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
}

function send(...bytes: readonly string[]): void {
  socket = connect((http.address() as AddressInfo).port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => (seen += chunk.toString('latin1'))).on('error', () => undefined);
  socket.write(bytes.join(''));
}

afterEach(async () => {
  socket.destroy();
  await server.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

describe('a request for another protocol goes to the application (RFC 9110 §7.8)', () => {
  test.each([
    ['beside a path', { path: '/chat' }],
    ['beside every path', {}],
    ['before the path function is asked', { path: () => decodeURIComponent('%') === '' }],
  ])('%s', async (_, options) => {
    await start();
    const connected = jest.fn();
    http.on('connection', connected);
    server.attach(http, options);
    send(`GET /a?b HTTP/1.1\r\n${H2C}\r\n`);
    await turnsUntil(() => seen.endsWith('<GET /a?b  true plain>'));
    expect(seen).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: keep-alive\r\n/);
    expect(asked[0]?.headers).toEqual({
      host: 'localhost',
      connection: 'Upgrade, HTTP2-Settings',
      'http2-settings': 'AAMAAABk',
    });
    expect([connected.mock.calls.length, server.metrics().refusals]).toEqual([1, {}]);
  });

  test('and so do those that follow on the same connection, until one asks for a WebSocket', async () => {
    await start();
    server.attach(http);
    send(`GET /1 HTTP/1.1\r\n${H2C}\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await turnsUntil(() => seen.endsWith('<GET /2  true plain>'));
    socket.write(`GET /3 HTTP/1.1\r\n${H2C}\r\n`);
    await turnsUntil(() => seen.endsWith('<GET /3  true plain>'));
    socket.write(request([], '/4'));
    await turnsUntil(() => seen.includes(' 101 '));
    const answers = seen.match(/<.*?>|HTTP\/1.1 101/g);
    expect(answers).toEqual(['<GET /1  true plain>', '<GET /2  true plain>', '<GET /3  true plain>', 'HTTP/1.1 101']);
    expect(asked.map((each) => each.socket.listenerCount('close'))).toEqual([1, 1, 1]);
  });

  test('which answers with more than the socket takes at once', async () => {
    const chunks = Array<string>(100).fill('~'.repeat(65_536));
    await start((_, response) => Readable.from(chunks).pipe(response.setHeader('Connection', 'close')));
    server.attach(http);
    send(`GET / HTTP/1.1\r\n${H2C}\r\n`);
    await once(socket, 'close');
    expect(seen.split('~').length - 1).toBe(100 * 65_536);
  });

  test('a HEAD is answered without a body', async () => {
    await start((_, response) => response.setHeader('Connection', 'close').end('page'));
    server.attach(http);
    send(`HEAD / HTTP/1.1\r\n${H2C}\r\n`);
    await once(socket, 'close');
    expect(seen).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\n$/);
  });

  test('with any number of headers, where all are shown', async () => {
    await start();
    http.maxHeadersCount = 0;
    server.attach(http);
    send(`GET / HTTP/1.1\r\n${H2C}${'A: b\r\n'.repeat(1100)}\r\n`);
    await turnsUntil(() => seen.endsWith('<GET /  true plain>'));
  });

  test('which hears of a peer that goes away', async () => {
    const closed = jest.fn();
    await start((incoming, response) => {
      incoming.on('close', closed).on('error', closed);
      response.on('close', closed);
    });
    server.attach(http);
    send(`GET / HTTP/1.1\r\n${H2C}\r\n`);
    await turnsUntil(() => asked.length === 1);
    socket.resetAndDestroy();
    await turnsUntil(() => closed.mock.calls.length === 3);
  });
});

describe('it is answered as before where', () => {
  const NOT_OURS = /^HTTP\/1\.1 426 .*Upgrade does not name websocket/s;
  const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
  /** So many that what tells the body is not shown. */
  const MANY = `${'A: b\r\n'.repeat(80)}Content-Length: ${SMUGGLED.length}\r\n`;

  test.each<[string, string, () => unknown, RegExp]>([
    ['it names websocket too', 'Upgrade: websocket\r\n', () => 0, /^HTTP\/1\.1 426 .*Sec-WebSocket-Version is not/s],
    // Node.js 22 refuses it by itself.
    ['it has more headers than are shown', MANY, () => (http.maxHeadersCount = 32), /^HTTP\/1\.1 4(?:26|31) /],
    ['it has a body', `Content-Length: ${SMUGGLED.length}\r\n`, () => 0, /^HTTP\/1\.1 400 .*has no body/s],
    ['it has a body in chunks', 'Transfer-Encoding: chunked\r\n', () => 0, /^HTTP\/1\.1 400 .*has no body/s],
    ['nobody listens for requests', '', () => http.removeAllListeners('request'), NOT_OURS],
    ['connections are not those of node:http', '', ownConnections, NOT_OURS],
  ])('%s', async (_, headers, prepare, expected) => {
    await start();
    prepare();
    server.attach(http);
    send(`GET / HTTP/1.1\r\n${H2C}${headers}\r\n${SMUGGLED}`);
    await once(socket, 'close');
    expect(seen).toMatch(expected);
    expect(asked).toEqual([]);
  });

  test('someone else listens for upgrades', async () => {
    await start();
    server.attach(http, { path: '/chat' });
    http.on('upgrade', (_, duplex) => duplex.end('HTTP/1.1 418 \r\n\r\n'));
    send(`GET / HTTP/1.1\r\n${H2C}\r\n`);
    await once(socket, 'close');
    expect([seen.slice(0, 13), asked]).toEqual(['HTTP/1.1 418 ', []]);
  });

  test('an answer to a request before it is owed', async () => {
    await start(() => undefined);
    server.attach(http);
    send('GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\n', `GET /2 HTTP/1.1\r\n${H2C}\r\n`);
    await once(socket, 'close');
    expect([NOT_OURS.test(seen), asked.length]).toEqual([true, 1]);
  });

  test('handleUpgrade has taken it', async () => {
    await start();
    http.once('upgrade', (...upgrade) => void server.handleUpgrade(...upgrade));
    server.attach(http);
    const failed = once(server, 'error').catch((error: unknown) => [error]);
    send(`GET / HTTP/1.1\r\n${H2C}\r\n`);
    await once(socket, 'close');
    expect(seen).toMatch(NOT_OURS);
    expect(await failed).toEqual([expect.objectContaining({ code: 'ERR_SOKKER_SOCKET_TAKEN' })]);
  });

  /** As modules do that read a line of a proxy first. */
  function ownConnections(): void {
    const listeners = http.listeners('connection');
    http.removeAllListeners('connection');
    http.on('connection', (accepted) => listeners.forEach((each) => void Reflect.apply(each, http, [accepted])));
  }
});
