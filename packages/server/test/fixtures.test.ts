/* Family G of the fixtures over sockets: what the shipped server answers, on a listener of its own and attached. */
import { encodeClose, encodeFrame, Opcode, wholeFrame } from '@sokker/frame';
import {
  compareHandshake,
  fixtures,
  ManualClock,
  randomCuts,
  registerFixtures,
  type HandshakeFixture,
  type HandshakeImplementation,
  type ServerSettings,
} from '@sokker/testkit';
import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { SokkerServer } from '../src/index.js';
import { turnsUntil } from './rig.js';
import { request, Wire } from './wire.js';

/** With which the fixtures mask what comes behind the request. */
const KEY = 0x37fa213d;
const PING = encodeFrame(wholeFrame(true, 0, Opcode.ping, Buffer.alloc(0)), { role: 'client', maskingKey: KEY });
const PONG = Buffer.from('8a00', 'hex');
/** What the application behind node:http answers. */
const APPLICATION = 200;

type Way = 'on a listener of its own' | 'attached to node:http';

interface Place {
  readonly server: SokkerServer;
  readonly port: number;
  /** The frames that the server's connection has read since the last request, masked again as the peer masked them. */
  readonly read: Buffer[];
  close(): Promise<void>;
}

const frame = (opcode: Opcode, payload: Buffer): Buffer =>
  encodeFrame(wholeFrame(true, 0, opcode, payload), { role: 'client', maskingKey: KEY });

async function open(way: Way, { subprotocols, origin }: ServerSettings): Promise<Place> {
  const server = new SokkerServer({ subprotocols, origin, clock: new ManualClock() });
  const read: Buffer[] = [];
  server.on('message', ({ type, data }) => read.push(frame(Opcode[type], data)));
  server.on('close', ({ code, by }) => {
    if (by === 'peer' && code !== 1006) read.push(frame(Opcode.close, encodeClose(code)));
  });
  if (way === 'on a listener of its own') {
    const { port } = await server.listen(0, '127.0.0.1');
    return { server, port, read, close: () => server.close() };
  }
  const http = createServer((_, response) => response.writeHead(APPLICATION, { connection: 'close' }).end());
  server.attach(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    await server.close();
    http.close().closeAllConnections();
  };
  return { server, port: (http.address() as AddressInfo).port, read, close };
}

const places = new Map<string, Promise<Place>>();
afterAll(async () => {
  for (const place of places.values()) await (await place).close();
});

/** One server for all fixtures that ask for the same settings. */
function placeFor(way: Way, settings: ServerSettings): Promise<Place> {
  const key = `${way} ${JSON.stringify(settings)}`;
  const place = places.get(key) ?? open(way, settings);
  places.set(key, place);
  return place;
}

/** @param seed of the cuts in which the request is written, a turn between them; whole where it is undefined */
function served(way: Way, { expect: { httpStatus } }: HandshakeFixture, seed?: number): HandshakeImplementation {
  return {
    async create(settings) {
      const { server, port, read } = await placeFor(way, settings);
      read.length = 0;
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => undefined);
      let written = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => (written = Buffer.concat([written, chunk])));
      return {
        async push(bytes) {
          const { chunks } = seed === undefined ? { chunks: [bytes] } : randomCuts(bytes, seed);
          for (const chunk of chunks) {
            socket.write(chunk);
            await new Promise((resolve) => setImmediate(resolve));
          }
          if (httpStatus === null) return passedBy(port);
          await turnsUntil(() => socket.closed || written.includes('\r\n\r\n'));
          if (written.toString('latin1').startsWith('HTTP/1.1 101')) socket.write(PING);
          await turnsUntil(() => socket.closed || written.subarray(-2).equals(PONG));
          if (socket.closed) await turnsUntil(() => server.clients.size === 0);
        },
        written: () => written,
        frames: () => Buffer.concat(read),
        dispose: () => {
          socket.destroy();
          return turnsUntil(() => server.clients.size === 0);
        },
      };
    },
  };
}

/** A request that came later has been answered: what came before it has been read, and is not. */
async function passedBy(port: number): Promise<void> {
  const { socket } = await Wire.open(port);
  socket.destroy();
}

/** Requests for another protocol than ours, or for none, are the application's: node:http emits no 'upgrade', or we hand them back. */
const ANSWERED_BY_THE_APPLICATION: readonly string[] = [
  'handshake/upgrade/two-words',
  'handshake/upgrade/missing',
  'handshake/upgrade/empty',
  'handshake/upgrade/h2c',
  'handshake/connection/longer',
  'handshake/connection/hyphenated',
  'handshake/connection/keep-alive',
  'handshake/connection/missing',
  'handshake/connection/semicolon',
];
/** node:http of some versions passes over a CR before the request line, and we see what it has read. */
const READ_LAXLY: readonly string[] = ['handshake/head/carriage-return-before'];

/** What may be answered otherwise than the fixture says. */
function allowed(way: Way, { id, expect: { httpStatus } }: HandshakeFixture): readonly string[] {
  if (way === 'on a listener of its own') return [];
  if (ANSWERED_BY_THE_APPLICATION.includes(id)) return [`answered ${APPLICATION}, expected ${httpStatus}`];
  return READ_LAXLY.includes(id) ? [`answered 101, expected ${httpStatus}`] : [];
}

const isSecure = ({ settings }: HandshakeFixture): string | undefined => (settings.secure ? 'needs TLS' : undefined);

describe.each<Way>(['on a listener of its own', 'attached to node:http'])('family G, %s', (way) => {
  registerFixtures(fixtures.handshake.fixtures, { pending: isSecure }, test, async (fixture) => {
    const seed = randomInt(2 ** 32);
    const whole = await compareHandshake(served(way, fixture), fixture);
    const cut = await compareHandshake(served(way, fixture, seed), fixture);
    const problems = [...whole, ...cut.map((problem) => `random cuts, seed ${seed}: ${problem}`)];
    return problems.filter((problem) => !allowed(way, fixture).some((each) => problem.includes(each)));
  });
});

test.each(ANSWERED_BY_THE_APPLICATION)('attached, the application answers %s', async (id) => {
  const fixture = fixtures.handshake.fixtures.find((each) => each.id === id) as HandshakeFixture;
  const answered = await compareHandshake(served('attached to node:http', fixture), fixture);
  expect(answered).toEqual(allowed('attached to node:http', fixture));
});

describe('the body of an upgrade request', () => {
  const FRAME = frame(Opcode.text, Buffer.from('from the body'));
  const REQUEST = Buffer.from(request([], '/from-the-body'));
  const plain = (body: Buffer): [string, Buffer] => [`Content-Length: ${body.length}`, body];
  const chunked = (body: Buffer): [string, Buffer] => {
    const bytes = [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')];
    return ['Transfer-Encoding: chunked', Buffer.concat(bytes)];
  };

  test.each([
    ['five bytes', plain(Buffer.from('hello'))],
    ['five bytes in chunks', chunked(Buffer.from('hello'))],
    ['a frame', plain(FRAME)],
    ['a frame in chunks', chunked(FRAME)],
    ['a request', plain(REQUEST)],
    ['a request in chunks', chunked(REQUEST)],
    ['nothing, and bytes behind it', ['Transfer-Encoding: chunked', Buffer.concat([FRAME, REQUEST])] as const],
  ])('%s: it is refused behind attach, and nothing more is read', async (_, [line, body]) => {
    const requests: IncomingMessage[] = [];
    const http = createServer((incoming, response) => {
      requests.push(incoming);
      response.end();
    });
    const server = new SokkerServer({ clock: new ManualClock() });
    const opened = jest.fn();
    server.on('connection', opened).on('message', opened);
    server.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    let said = '';
    const socket: Socket = connect((http.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (text: string) => (said += text));
    socket.write(Buffer.concat([Buffer.from(request([line])), body]));
    await turnsUntil(() => socket.closed);
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    expect(requests).toEqual([]);
    expect(opened).not.toHaveBeenCalled();
    await server.close();
    http.close();
  });
});
