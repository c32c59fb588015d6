/**
 * F01: handshakes that never end: on the wire, in the application, and those of a server that dribbles, or is silent where
 * TLS was to begin. Of TLS our server speaks none: attached to `node:https` it is `handshakeTimeout` there that bounds it.
 */
import { connect, type ConnectOptions } from '@sokker/client';
import { SokkerServer } from '@sokker/server';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { host } from '../host.js';
import { memoryAtRest, percentile, type Memory } from '../measure.js';
import { dial, manyTimes, Peer, requestHead } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired, type Claim } from '../verdict.js';
import { sleep } from '../waiting.js';

interface ServerSetup {
  readonly timeoutMs: number;
  /** The application's part never settles. */
  readonly hangs: boolean;
}

const HANGING = 64;
const never = new Promise<undefined>(() => {});

/** How long each of many sockets stayed open that send a byte a second: milliseconds. */
async function dribble(port: number, count: number): Promise<number[]> {
  const head = requestHead(port);
  // A few at a time: of thousands at once, a client hears so late that it is connected that its own clock is wrong.
  const sockets = await manyTimes(count, () => connected(port));
  return Promise.all(sockets.map(([socket, at], index) => dribbleOn(socket, at, head, index % 1000)));
}

function connected(port: number): Promise<[socket: Socket, at: number]> {
  return new Promise((resolve) => {
    const socket = dial(port);
    socket.once('connect', () => resolve([socket, performance.now()]));
  });
}

function dribbleOn(socket: Socket, startedAt: number, head: string, delayMs: number): Promise<number> {
  return new Promise((resolve) => {
    let at = 0;
    let timer: NodeJS.Timeout | undefined;
    const begin = (): void => void (timer = setInterval(() => socket.write(head[at++ % head.length] ?? ''), 1000));
    timer = setTimeout(begin, delayMs);
    socket.resume().once('close', () => {
      clearTimeout(timer);
      resolve(performance.now() - startedAt);
    });
  });
}

/** Opens and closes one honest connection after the other: how long each handshake took. */
async function honest(port: number, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < forMs) {
    const from = performance.now();
    const peer = await Peer.open(port, { path: '/honest' });
    times.push(performance.now() - from);
    peer.close();
    await sleep(20);
  }
  return times;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface GivenUp {
  readonly elapsedMs: number;
  readonly code: string;
}

/** How our own client fares with a server that sends a byte a second. */
async function dribbledTo(timeoutMs: number): Promise<GivenUp> {
  const port = await listen(
    createServer((socket) => {
      const timer = setInterval(() => socket.write('H'), 1000);
      socket.on('error', () => {});
      socket.once('close', () => clearInterval(timer)).resume();
    }),
  );
  return givenUp(`ws://127.0.0.1:${port}/`, { handshakeTimeoutMs: timeoutMs });
}

/** And with one that takes its ClientHello and says nothing. */
async function silentIn(timeoutMs: number): Promise<GivenUp> {
  const port = await listen(createServer((socket) => socket.on('error', () => {}).resume()));
  return givenUp(`wss://127.0.0.1:${port}/`, { tlsTimeoutMs: timeoutMs });
}

async function givenUp(url: string, options: ConnectOptions): Promise<GivenUp> {
  const from = performance.now();
  const code = await connect(url, options).then(
    () => 'nothing, and opens',
    (error: unknown) => String((error as NodeJS.ErrnoException).code),
  );
  return { elapsedMs: performance.now() - from, code };
}

const actors = {
  server: ({ timeoutMs, hangs }: ServerSetup) => {
    const upgrade = ({ path }: { path: string }): undefined | Promise<undefined> =>
      path === '/honest' ? undefined : never;
    return host(new SokkerServer({ handshakeTimeoutMs: timeoutMs, ...(hangs && { upgrade }) }));
  },
  /** What a socket costs by itself. */
  bare: async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => {}).resume()));
    return { port: () => port, memory: memoryAtRest };
  },
  load: ({ port }: { port: number }) => ({
    dribble: (count: number) => dribble(port, count),
    hang: (count: number) => manyTimes(count, () => Peer.open(port).then(() => 'open', String)),
    honest: (forMs: number) => honest(port, forMs),
    hold: async (count: number) => {
      await manyTimes(count, () => new Promise((resolve) => dial(port).once('connect', resolve)));
    },
    dribbledTo,
    silentIn,
  }),
};

interface Cost {
  readonly residentBytes: number;
  readonly heldBytes: number;
}

/** What each of `count` sockets costs that came between two looks at the memory. */
function costOf(before: Memory, after: Memory, count: number): Cost {
  return {
    residentBytes: (after.residentBytes - before.residentBytes) / count,
    heldBytes: (after.heldBytes - before.heldBytes) / count,
  };
}

async function costOfBareSocket(stage: Stage<typeof actors>, count: number): Promise<Cost> {
  const bare = await stage.start('bare', undefined);
  const load = await stage.start('load', { port: await bare.call.port() });
  const before = await bare.call.memory();
  await load.call.hold(count);
  const after = await bare.call.memory();
  await Promise.all([bare.process.stop(), load.process.stop()]);
  return costOf(before, after, count);
}

function lean(asserted: string, bytes: number, bareBytes: number): Claim {
  return {
    asserted,
    figure: (bytes - bareBytes) / 1024,
    unit: 'KiB',
    atMost: 4,
    beside: `${(bytes / 1024).toFixed(1)} and ${(bareBytes / 1024).toFixed(1)}`,
  };
}

async function dribbling(stage: Stage<typeof actors>, timeoutMs: number): Promise<void> {
  const count = stage.connections(5000, 2500);
  const bare = await costOfBareSocket(stage, count);
  const server = await stage.start('server', { timeoutMs, hangs: false });
  const port = await server.call.port();
  const [load, others] = [await stage.start('load', { port }), await stage.start('load', { port })];
  const calm = percentile(await others.call.honest(1500), 0.99);
  const before = await server.call.memory();
  const ends = load.call.dribble(count);
  await sleep(timeoutMs / 3);
  const each = costOf(before, await server.call.memory(), count);
  const during = percentile(await others.call.honest(timeoutMs / 3), 0.99);
  const offBy = (await ends).map((ms) => ms - timeoutMs);
  const [earliest, latest] = [Math.min(...offBy), Math.max(...offBy)];
  stage.expect({
    asserted: `${count} dribbling sockets: farthest end from the ${timeoutMs / 1000} s allowed`,
    figure: Math.max(-earliest, latest),
    unit: 'ms',
    atMost: 1000,
    beside: `from ${earliest.toFixed(0)} to ${latest.toFixed(0)}, half within ${percentile(offBy, 0.5).toFixed(0)}`,
    counter: fired(await server.call.metrics(), 'refusals.ERR_SOKKER_HEAD_TIMEOUT', count),
  });
  stage.expect({
    asserted: 'p99 of honest handshakes meanwhile, above what it is without',
    figure: Math.max(0, during - calm),
    unit: 'ms',
    atMost: 50,
    beside: `${during.toFixed(1)} with, ${calm.toFixed(1)} without`,
  });
  const resident = 'resident memory of each, above that of a bare socket';
  stage.expect(lean(resident, each.residentBytes, bare.residentBytes));
  stage.expect(lean('and what each holds, heap and buffers', each.heldBytes, bare.heldBytes));
  await Promise.all([server.process.stop(), load.process.stop(), others.process.stop()]);
}

async function hanging(stage: Stage<typeof actors>, timeoutMs: number): Promise<void> {
  const server = await stage.start('server', { timeoutMs, hangs: true });
  const load = await stage.start('load', { port: await server.call.port() });
  const from = performance.now();
  const outcome = load.call.dribbledTo(timeoutMs);
  const silence = load.call.silentIn(timeoutMs);
  const answers = await load.call.hang(HANGING);
  stage.expect({
    asserted: 'upgrade functions that never settle: answered 504',
    figure: answers.filter((answer) => answer.includes(' 504 ')).length,
    equals: HANGING,
    beside: `after ${((performance.now() - from) / 1000).toFixed(1)} s`,
    counter: fired(await server.call.metrics(), 'refusals.ERR_SOKKER_UPGRADE_TIMEOUT', HANGING),
  });
  stage.expect(inTime('a server that dribbles', await outcome, timeoutMs, 'ERR_SOKKER_HANDSHAKE_TIMEOUT'));
  stage.expect(inTime('one that says nothing in TLS', await silence, timeoutMs, 'ERR_SOKKER_TLS_TIMEOUT'));
}

function inTime(who: string, { elapsedMs, code }: GivenUp, timeoutMs: number, wanted: string): Claim {
  return {
    asserted: `${who}: our client gives up with ${code}, off its deadline by`,
    figure: code === wanted ? Math.abs(elapsedMs - timeoutMs) : Infinity,
    unit: 'ms',
    atMost: 1000,
  };
}

export const F01 = fault({
  id: 'F01',
  title: 'handshakes that never end',
  actors,
  async run(stage) {
    const timeoutMs = stage.scale(10_000, 2500);
    await dribbling(stage, timeoutMs);
    await hanging(stage, timeoutMs);
  },
});
