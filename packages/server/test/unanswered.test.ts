import { SokkerServer, type ServerConnection } from '@sokker/server';
import { once } from 'node:events';
import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { next, turnsUntil } from './rig.js';
import { request } from './wire.js';

const SLOW = 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n';
/** "Hello", masked with zeros. */
const HELLO = Buffer.from('81850000000048656c6c6f', 'hex');

let http: Server;
let server: SokkerServer;
let socket: Socket;
let seen: string;
/** The requests that wait for their answers. */
let waiting: [IncomingMessage, ServerResponse][];

async function dial(): Promise<void> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  socket = connect((http.address() as AddressInfo).port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => (seen += chunk.toString('latin1'))).on('error', () => undefined);
}

/** In one segment, which begins with a request that waits for its answer. */
async function send(bytes: string): Promise<void> {
  await dial();
  socket.write(bytes);
  await turnsUntil(() => waiting.length > 0);
}

beforeEach(() => {
  seen = '';
  waiting = [];
  http = createServer((...asked) => waiting.push(asked));
  server = new SokkerServer({ origin: 'any', closeTimeoutMs: 20 });
  server.on('message', (message, connection) => connection.send(message.text()));
});

afterEach(async () => {
  for (const [, response] of waiting) response.destroy();
  socket.destroy();
  await server.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

function answer(body: string, headers: Readonly<Record<string, string>> = {}): void {
  waiting.shift()?.[1].writeHead(200, headers).end(body);
}

/** Where in what the peer saw these stand. */
function places(...texts: readonly string[]): number[] {
  return texts.map((text) => seen.indexOf(text));
}

function expectInOrder(...texts: readonly string[]): void {
  const found = places(...texts);
  expect(found).not.toContain(-1);
  expect(found).toEqual([...found].sort((a, b) => a - b));
}

function byHand(): Promise<ServerConnection | undefined> {
  return new Promise((resolve) => http.once('upgrade', (...asked) => resolve(server.handleUpgrade(...asked))));
}

test('the answers to requests sent before are written before the 101 (RFC 9112 §9.3.2)', async () => {
  server.attach(http);
  await send(SLOW + SLOW + request());
  expect([waiting.length, server.clients.size, seen]).toEqual([2, 0, '']);
  answer('first');
  await turnsUntil(() => seen.includes('first'));
  expect([server.clients.size, seen.includes(' 101 ')]).toEqual([0, false]);
  answer('second');
  await turnsUntil(() => seen.includes(' 101 '));
  expectInOrder('first', 'second', ' 101 ');
  socket.write(HELLO);
  await turnsUntil(() => seen.endsWith('\x81\x05Hello'));
});

test('so is a refusal', async () => {
  server.attach(http, { path: '/chat' });
  await send(SLOW + request());
  expect(server.metrics().refusals).toEqual({});
  answer('first');
  await once(socket, 'close');
  expectInOrder('first', ' 404 ');
  expect(server.metrics().refusals).toEqual({ ERR_SOKKER_PATH: 1 });
});

test('an answer that fills the socket goes on', async () => {
  server.attach(http);
  await send(SLOW + request());
  const chunk = Buffer.alloc(65_536, '~');
  const [, response] = waiting[0] ?? [];
  response?.writeHead(200, { 'Content-Length': 100 * chunk.length });
  Readable.from(Array<Buffer>(100).fill(chunk)).pipe(response as ServerResponse);
  await turnsUntil(() => seen.includes(' 101 '));
  expect(seen.split('~').length - 1).toBe(100 * chunk.length);
});

test('what comes meanwhile is kept, though the application begins to read the request before', async () => {
  server.attach(http);
  await send(SLOW + request());
  const [[asked] = []] = waiting;
  asked?.resume();
  socket.write(HELLO);
  await turnsUntil(() => asked?.socket.readableLength === HELLO.length);
  answer('first');
  await turnsUntil(() => seen.endsWith('\x81\x05Hello'));
  expectInOrder('first', ' 101 ', '\x81\x05Hello');
});

test.each<[string, () => void]>([
  ['ends the connection', () => answer('first', { Connection: 'close' })],
  ['fails', () => waiting[0]?.[1].destroy()],
  ['is not waited for', () => socket.resetAndDestroy()],
])('where the answer before %s, nothing comes of the upgrade', async (_, end) => {
  const outcome = byHand();
  const opened = jest.fn();
  server.on('connection', opened);
  await send(SLOW + request());
  end();
  expect(await outcome).toBeUndefined();
  if (!socket.destroyed) await once(socket, 'close');
  expect(seen).not.toContain(' 101 ');
  expect([opened.mock.calls.length, server.metrics().handshakes]).toEqual([0, 0]);
});

test('a response of the application to the upgrade itself, as middleware wants one, is not waited for', async () => {
  const outcome = new Promise((resolve) =>
    http.once('upgrade', (incoming, duplex, head) => {
      new ServerResponse(incoming).assignSocket(incoming.socket);
      resolve(server.handleUpgrade(incoming, duplex, head));
    }),
  );
  const opened = next(server, 'connection');
  await dial();
  socket.write(request());
  expect(await outcome).toBe((await opened)[0]);
});
