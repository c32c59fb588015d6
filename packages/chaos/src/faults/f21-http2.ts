/** F21: sessions of HTTP/2 that misbehave, beside clients of HTTP/1.1 at the same server, which must not notice. */
import { SokkerServer } from '@sokker/server';
import { connect, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { frame, TEXT } from '../frames.js';
import { echoing, host } from '../host.js';
import { connectFrame, FLOODS, preface, type Flood } from '../http2-wire.js';
import { compare, others, served } from '../others.js';
import { dial, written } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired, heldBeyond } from '../verdict.js';
import { metricsWhen, until } from '../waiting.js';

const OTHERS = 50;
const ROUNDS = 3;
const CALM_MS = 1000;
const FRAMES_PER_BLOCK = 200;
/** As a page may need, and no more. */
const MAX_STREAMS = 100;
const GONE_WITHIN_MS = 5000;

const actors = {
  server: async () => {
    const server = echoing(
      new SokkerServer({ upgrade: () => new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))) }),
    );
    const http2 = createServer({ settings: { maxConcurrentStreams: MAX_STREAMS } });
    const sessions = new Set<ServerHttp2Session>();
    http2.on('sessionError', ignore);
    http2.on('session', (session: ServerHttp2Session) => {
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    server.attach(http2);
    await new Promise<void>((resolve) => http2.listen(0, '127.0.0.1', resolve));
    return {
      ...(await host(server)),
      http2Port: () => (http2.address() as AddressInfo).port,
      sessions: () => sessions.size,
    };
  },
  others,
  flooder: ({ port }: { port: number }) => ({
    /** Answers how many were sent before the server ended the session, if it did. */
    flood: async (kind: Flood, count: number) => {
      const socket = await session(port);
      let sent = 0;
      while (sent < count && !socket.destroyed) {
        const block: Buffer[] = [];
        for (; block.length < FRAMES_PER_BLOCK; sent++) block.push(FLOODS[kind](port, sent));
        await written(socket, Buffer.concat(block));
      }
      socket.destroy();
      return sent;
    },
    /** Sessions whose windows are shut send what is to be echoed. */
    shut: (count: number, messages: number) => {
      const message = frame(TEXT, Buffer.alloc(8 * 1024, 'x'));
      for (let at = 0; at < count; at++) {
        const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 0 } });
        session.on('error', ignore).on('remoteSettings', () => {
          const headers = {
            ':method': 'CONNECT',
            ':protocol': 'websocket',
            ':path': '/',
            'sec-websocket-version': '13',
          };
          const stream = session.request(headers, { endStream: false }).on('error', ignore);
          for (let sent = 0; sent < messages; sent++) stream.write(message);
        });
      }
    },
    /** Sessions that are cut in the middle of a header. */
    cut: async (count: number) => {
      const half = connectFrame(port, 3).subarray(0, 40);
      for (let at = 0; at < count; at++) {
        const socket = await session(port);
        await written(socket, half);
        socket.resetAndDestroy();
      }
    },
  }),
};

/** One WebSocket is open in it, as stream 1. */
async function session(port: number): Promise<Socket> {
  const socket = dial(port).resume();
  await written(socket, Buffer.concat([preface(), connectFrame(port, 1)]));
  return socket;
}

function ignore(): void {
  // Told by what the server counts.
}

type Played = Stage<typeof actors>;

async function begin(stage: Played) {
  const server = await stage.start('server', undefined);
  const bystanders = await stage.start('others', { port: await server.call.port(), count: OTHERS, everyMs: 100 });
  const flooder = await stage.start('flooder', { port: await server.call.http2Port() });
  const left = async (): Promise<number> => {
    const { connections, handshakes } = await server.call.metrics();
    return connections - OTHERS + handshakes + (await server.call.sessions());
  };
  return { server, bystanders, flooder, left, rested: () => until(async () => (await left()) === 0, GONE_WITHIN_MS) };
}
type Players = Awaited<ReturnType<typeof begin>>;

async function flood(
  stage: Played,
  { server, bystanders, flooder, left, rested }: Players,
  kind: Flood,
): Promise<void> {
  const count = stage.scale(300_000, 20_000);
  // Code is compiled, and buffers have grown.
  await flooder.call.flood(kind, count / 10);
  await rested();
  const before = await server.call.memory();
  let sent = 0;
  await server.call.watch();
  const compared = await compare(bystanders, ROUNDS, CALM_MS, async () => {
    sent += await flooder.call.flood(kind, count / ROUNDS);
  });
  const observed = await server.call.observed();
  await rested();
  stage.expect({ asserted: `${sent} ${kind}: what is left of them`, figure: await left(), equals: 0 });
  const after = await server.call.memory();
  stage.expect(heldBeyond(before, after, 2));
  stage.expect({
    asserted: 'the longest turn of the event loop, in processor time',
    figure: observed.longestTurnMs,
    unit: 'ms',
    atMost: 100,
    beside: `p99 ${observed.turnP99Ms.toFixed(1)}`,
  });
  stage.expect(served(compared, OTHERS));
}

async function cut(stage: Played, { flooder, left, rested }: Players): Promise<void> {
  const count = stage.scale(1000, 100);
  await flooder.call.cut(count);
  await rested();
  stage.expect({
    asserted: `${count} sessions cut in a header: what is left of them`,
    figure: await left(),
    equals: 0,
  });
}

async function shut(stage: Played, { server, flooder }: Players): Promise<void> {
  const count = stage.scale(200, 20);
  await flooder.call.shut(count, 400);
  const slow = 'ERR_SOKKER_TOO_SLOW';
  const metrics = await metricsWhen(
    server.call,
    ({ connections, errors }) => connections === OTHERS && errors[slow] === count,
  );
  stage.expect({
    asserted: `${count} that have 3 MiB echoed and let nothing of it through, and are left`,
    figure: metrics.connections - OTHERS,
    equals: 0,
    counter: fired(metrics, `errors.${slow}`, count),
  });
}

export const F21 = fault({
  id: 'F21',
  title: 'sessions of HTTP/2 that misbehave',
  actors,
  async run(stage) {
    const players = await begin(stage);
    for (const kind of Object.keys(FLOODS) as Flood[]) await flood(stage, players, kind);
    await cut(stage, players);
    await shut(stage, players);
  },
});
