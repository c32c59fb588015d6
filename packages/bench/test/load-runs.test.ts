import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { DecoderCore, encodeFrame, Opcode, type Frame } from '@sokker/frame';
import type { Traffic } from '../src/load/jobs.js';
import { makePayload } from '../src/load/payloads.js';
import { runEcho } from '../src/load/runs.js';

const PLAIN: Traffic = { kind: 'ascii', bytes: 125 };
const DEFLATED: Traffic = { kind: 'json', bytes: 1024, deflate: true };
/** The answer to the one key of the load. */
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** What comes back for a frame; `index` counts those of a connection, `connection` the connections. */
type Answer = (frame: Frame, index: number, connection: number) => Partial<Frame> | undefined;

let server: Server | undefined;
/** Connections whose end the server has seen. */
let ended = 0;

async function serve(answer: Answer): Promise<number> {
  let connections = 0;
  server = createServer((socket) => {
    const connection = connections++;
    const decoder = new DecoderCore({ role: 'server', rsv: 4 });
    let index = 0;
    socket.on('error', () => {}).on('end', () => ended++);
    socket.once('data', (head) => {
      const agreed = head.includes('permessage-deflate') ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '';
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n${agreed}\r\n`);
      socket.on('data', (bytes) => {
        decoder.write(bytes);
        for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
          const back = answer(frame, index++, connection);
          if (back !== undefined) socket.write(encodeFrame({ ...frame, ...back }, { role: 'server' }));
        }
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(() => server?.close());

const WINDOW = { warmUpMs: 0, measureMs: 200 };
/** For a run that fails before its window opens. */
const NEVER = { warmUpMs: 60_000, measureMs: 60_000 };

async function echo(traffic: Traffic, answer: Answer, rest = NEVER, arrivalMs?: number): Promise<{ count: number }> {
  const target = { port: await serve(answer), pid: process.pid, path: '/echo' };
  return runEcho({ kind: 'echo', target, traffic, connections: 64, inFlight: 2, ...rest }, arrivalMs);
}

test.each([
  ['plain', PLAIN],
  ['deflated', DEFLATED],
])('%s messages that all come back are counted', async (_, traffic) => {
  expect((await echo(traffic, () => ({}), WINDOW)).count).toBeGreaterThan(0);
});

test.each<[string, Traffic, Answer, RegExp]>([
  ['an answer that is not deflated', DEFLATED, () => ({ rsv: 0 }), /first message is not deflated/],
  ['binary for text', PLAIN, () => ({ opcode: Opcode.binary }), /first message is binary/],
  ['another payload', PLAIN, () => ({ payload: Buffer.alloc(125) }), /first message differs/],
  ['a later one not deflated', DEFLATED, (_, index) => ({ rsv: index === 0 ? 4 : 0 }), /later message differs/],
  [
    'a later one that is short',
    PLAIN,
    (_, index) => ({ payload: makePayload('ascii', index === 0 ? 125 : 1) }),
    /1 bytes/,
  ],
  ['a later one that is empty', DEFLATED, (_, index) => (index === 0 ? {} : { payload: Buffer.alloc(0) }), /0 bytes/],
])('a run fails on %s', async (_, traffic, answer, message) => {
  await expect(echo(traffic, answer)).rejects.toThrow(message);
});

test('a run fails when one connection of many goes silent', async () => {
  const mute: Answer = (_, index, connection) => (connection === 5 && index === 3 ? undefined : {});
  await expect(echo(PLAIN, mute, WINDOW, 100)).rejects.toThrow(/messages came back, \d+ were due/);
});

test('a run is over when the server has seen the end of every connection', async () => {
  ended = 0;
  await echo(PLAIN, () => ({}), WINDOW);
  expect(ended).toBe(64);
});
