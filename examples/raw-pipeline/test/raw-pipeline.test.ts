import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ExampleProcess, killRemaining, ROOT, runExample, startExample } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';

const MAIN = 'examples/raw-pipeline/main.ts';
const REQUEST = [
  'GET / HTTP/1.1',
  'Host: example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '',
  '',
].join('\r\n');

let server: ExampleProcess;
beforeAll(async () => {
  server = await startExample(MAIN);
});
afterAll(killRemaining);

/** Everything that comes until the server ends the connection; `end` is for peers that leave without a Close. */
async function conversation(bytes: string, then: (socket: Socket) => void = () => undefined): Promise<string> {
  const socket = connect(server.port, 'localhost');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(bytes, 'latin1');
  then(socket);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

const frames = (hex: string): string => REQUEST + Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('latin1');
const framesOf = (response: string): string =>
  Buffer.from(response.split('\r\n\r\n')[1] ?? '', 'latin1').toString('hex');

test('is less than 30 lines', () => {
  expect(readFileSync(join(ROOT, MAIN), 'utf8').trimEnd().split('\n').length).toBeLessThan(30);
});

test('a second one says in one sentence that the port is in use', async () => {
  const { status, errors } = await runExample(MAIN, { PORT: String(server.port) });
  expect([status, errors]).toEqual([1, expect.stringMatching(/^Port \d+ is in use: [^\n]+\n$/)]);
});

test.each([
  ['text, then a Close without a code', '81 83 35dad4f4 54a9b0 88 80 00000000', '8103617364 8800'],
  ['fragments stay fragments', '01 81 00000000 61 80 81 00000000 62 88 80 00000000', '010161 800162 8800'],
  [
    'a Ping between fragments',
    '01 81 00000000 61 89 81 00000000 70 80 80 00000000 88 80 00000000',
    '010161 8a0170 8000 8800',
  ],
  ['a Pong that nobody asked for', '8a 80 00000000 88 80 00000000', '8800'],
  ['a Close gets its own code', '88 82 00000000 0bb9', '8802 0bb9'],
  ['nothing after a Close is answered', '88 82 00000000 03e8 81 81 00000000 61', '8802 03e8'],
  ['a reserved opcode: 1002', '83 80 00000000', '8802 03ea'],
  ['an unmasked frame: 1002', '81 00', '8802 03ea'],
  [
    'text that is no UTF-8: 1007, before it, what came before',
    '81 81 00000000 61 81 81 00000000 ff',
    '810161 8802 03ef',
  ],
  ['a frame that says it is too big: 1009', '82 ff 0000000010000000', '8802 03f1'],
])('%s', async (_name, sent, received) => {
  expect(framesOf(await conversation(frames(sent)))).toBe(received.replaceAll(' ', ''));
});

test('goes on after peers that end, vanish, or never spoke HTTP', async () => {
  expect(framesOf(await conversation(frames('81 85'), (socket) => socket.end()))).toBe('');
  await conversation(frames('81 85'), (socket) => socket.once('data', () => socket.resetAndDestroy()));
  expect(await conversation('\x16\x03\x01\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await conversation('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n')).toMatch(/^HTTP\/1\.1 426 /);
  const client = await WsClient.open(`ws://localhost:${server.port}`);
  const large = Buffer.alloc(1024 * 1024, 7);
  client.send(large);
  expect(large.equals((await client.next()) as Buffer)).toBe(true);
  expect(await client.close(3001, 'bye')).toEqual({ code: 3001, reason: '' });
});
