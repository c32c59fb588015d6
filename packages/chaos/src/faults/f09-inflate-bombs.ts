/** F09: bombs, which inflate to a thousand times their size: large ones, many small ones, and a broken end. */
import { permessageDeflate } from '@sokker/deflate';
import { SokkerServer } from '@sokker/server';
import { createServer, type AddressInfo } from 'node:net';
import { constants, deflateRawSync } from 'node:zlib';
import { BINARY, frame, repeated } from '../frames.js';
import { host } from '../host.js';
import { Meter } from '../measure.js';
import { compare, others, served, undisturbed } from '../others.js';
import { dial, openPeers, type Peer } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { metricsWhen, until } from '../waiting.js';

const MIB = 1024 * 1024;
const LIMIT_BYTES = MIB;
const ALLOWANCE_BYTES = 64 * 1024;
const CONNECTIONS = 100;
const RSV1 = 4;
const ROUNDS = 3;
const OTHERS = 20;
const SMALL_EACH = 5;
const COLLECT_EVERY_MS = 20;
const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';

/** Zeros, deflated so that the piece may follow itself any number of times. */
const PIECE = deflateRawSync(Buffer.alloc(16 * MIB), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
/** A message of a mebibyte that would inflate to a gibibyte. */
const BOMB = frame(BINARY, repeated(PIECE, Math.ceil(MIB / PIECE.length)), { rsv: RSV1 });
/** The same, broken off inside a block. */
const BROKEN = frame(BINARY, Buffer.concat([PIECE.subarray(0, PIECE.length - 9), Buffer.from('broken!')]), {
  rsv: RSV1,
});
/** A message just below the limit: nothing is wrong with it but how little it took to send. */
const SMALL = frame(
  BINARY,
  deflateRawSync(Buffer.alloc(LIMIT_BYTES - 1), { level: 9, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
  { rsv: RSV1 },
);

const ATTACKS = { large: BOMB, broken: BROKEN, small: repeated(SMALL, SMALL_EACH) } as const;
type Attack = keyof typeof ATTACKS;

const actors = {
  server: async ({ maxRatio }: { maxRatio?: number }) => {
    const server = new SokkerServer({
      extensions: [permessageDeflate({ ...(maxRatio !== undefined && { maxRatio }) })],
    });
    let inflated = 0;
    server.on('message', (message, connection) => {
      if (message.data.length < 1024) connection.send(message.data, { type: message.type });
      else inflated++;
    });
    return {
      ...(await host(server)),
      collect: () => void setInterval(() => globalThis.gc?.(), COLLECT_EVERY_MS),
      /** Large messages that were delivered. */
      inflated: () => inflated,
    };
  },
  others,
  /** Reads what comes and drops it: what Node itself leaves to its garbage collection. */
  bare: async () => {
    const server = createServer((socket) => socket.on('error', () => {}).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    let meter = new Meter();
    return {
      port: () => (server.address() as AddressInfo).port,
      watch: () => void (meter = new Meter()),
      observed: () => meter.stop(),
    };
  },
  feeder: ({ port }: { port: number }) => ({
    feed: async () => {
      const sockets = Array.from({ length: CONNECTIONS }, () => dial(port));
      await Promise.all(
        sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).end(BOMB).resume())),
      );
    },
  }),
  bombers: ({ port }: { port: number }) => {
    let peers: Peer[] = [];
    return {
      open: async () => void (peers = await openPeers(port, CONNECTIONS, { headers: OFFER })),
      /** Answers with how many were closed with which code; those that are open count as 0. */
      attack: async (kind: Attack, waits: boolean) => {
        await Promise.all(peers.map((peer) => peer.write(ATTACKS[kind])));
        if (waits) await Promise.all(peers.map(({ closed }) => closed));
        return peers.map(({ closeCode = 0 }) => closeCode);
      },
    };
  },
};

/** How a bare server fares that reads the same bytes. */
async function bareTurnMs(stage: Stage<typeof actors>): Promise<number> {
  const bare = await stage.start('bare', undefined);
  const feeder = await stage.start('feeder', { port: await bare.call.port() });
  await bare.call.watch();
  for (let round = 0; round < ROUNDS; round++) await feeder.call.feed();
  const { longestTurnMs } = await bare.call.observed();
  await Promise.all([bare.process.stop(), feeder.process.stop()]);
  return longestTurnMs;
}

async function bombs(stage: Stage<typeof actors>): Promise<void> {
  const bareMs = await bareTurnMs(stage);
  const server = await stage.start('server', {});
  const port = await server.call.port();
  const bystanders = await stage.start('others', { port, count: OTHERS, everyMs: 50 });
  const bombers = await stage.start('bombers', { port });
  await bombers.call.open();
  const codes: number[] = [];
  await server.call.watch();
  const compared = await compare(bystanders, ROUNDS, 1000, async (round) => {
    if (round > 0) await bombers.call.open();
    codes.push(...(await bombers.call.attack(round === ROUNDS - 1 ? 'broken' : 'large', true)));
  });
  const { longestTurnMs } = await server.call.observed();
  const metrics = await metricsWhen(server.call, ({ closes }) => closes[1009] === CONNECTIONS * ROUNDS);
  stage.expect({
    asserted: `${CONNECTIONS} bombs of 1 MiB at once, 1029:1: closed with 1009, those with a broken end too`,
    figure: codes.filter((code) => code === 1009).length,
    equals: CONNECTIONS * ROUNDS,
    counter: fired(metrics, 'errors.ERR_SOKKER_MESSAGE_TOO_BIG', CONNECTIONS * ROUNDS),
  });
  stage.expect(undisturbed(compared, 50));
  stage.expect(served(compared, OTHERS));
  stage.expect({
    asserted: 'longest turn of the event loop, in processor time, above that of a server that drops the same bytes',
    figure: Math.max(0, longestTurnMs - bareMs),
    unit: 'ms',
    atMost: 50,
    beside: `${longestTurnMs.toFixed(0)}, and ${bareMs.toFixed(0)}`,
  });
  await Promise.all([server.process.stop(), bystanders.process.stop(), bombers.process.stop()]);
}

/** Garbage is collected all the while: V8 leaves up to 128 MiB of buffers lying, whatever it is that they were for. */
async function held(stage: Stage<typeof actors>, collects: boolean): Promise<number> {
  const server = await stage.start('server', {});
  const bombers = await stage.start('bombers', { port: await server.call.port() });
  await bombers.call.open();
  const before = await server.call.memory();
  if (collects) await server.call.collect();
  await server.call.watch();
  await bombers.call.attack('large', true);
  const { peakBytes } = await server.call.observed();
  await Promise.all([server.process.stop(), bombers.process.stop()]);
  return (peakBytes - before.residentBytes) / MIB;
}

async function memory(stage: Stage<typeof actors>): Promise<void> {
  const [left, collected] = [await held(stage, false), await held(stage, true)];
  stage.expect({
    asserted: `${CONNECTIONS} bombs at once: peak of resident memory above the start, garbage collected all the while`,
    figure: collected,
    unit: 'MiB',
    atMost: (CONNECTIONS * (LIMIT_BYTES + ALLOWANCE_BYTES)) / MIB,
    beside: `${left.toFixed(0)} where V8 decides`,
  });
}

/** Legal messages that are large for their size: delivered, and the others do not notice; or refused by their ratio. */
async function small(stage: Stage<typeof actors>): Promise<void> {
  const server = await stage.start('server', {});
  const port = await server.call.port();
  const bystanders = await stage.start('others', { port, count: OTHERS, everyMs: 50 });
  const bombers = await stage.start('bombers', { port });
  await bombers.call.open();
  const expected = CONNECTIONS * SMALL_EACH * ROUNDS;
  const compared = await compare(bystanders, ROUNDS, 1000, async (round) => {
    await bombers.call.attack('small', false);
    const due = CONNECTIONS * SMALL_EACH * (round + 1);
    await until(async () => (await server.call.inflated()) >= due, 10_000);
  });
  stage.expect({
    ...undisturbed(compared, 50),
    asserted: `${expected} messages of 1 MiB from 1 KiB: the others' p99, above what it is without`,
    counter: fired({ inflated: await server.call.inflated() }, 'inflated', expected),
  });
  stage.expect(served(compared, OTHERS));
  await Promise.all([server.process.stop(), bystanders.process.stop(), bombers.process.stop()]);
}

async function bounded(stage: Stage<typeof actors>): Promise<void> {
  const server = await stage.start('server', { maxRatio: 25 });
  const bombers = await stage.start('bombers', { port: await server.call.port() });
  await bombers.call.open();
  const codes = await bombers.call.attack('small', true);
  stage.expect({
    asserted: 'messages of 1 MiB from 1 KiB with maxRatio 25: closed with 1009',
    figure: codes.filter((code) => code === 1009).length,
    equals: CONNECTIONS,
    counter: fired(await server.call.metrics(), 'errors.ERR_SOKKER_DEFLATE_RATIO', CONNECTIONS),
  });
}

export const F09 = fault({
  id: 'F09',
  title: 'bombs: a kilobyte that inflates to a megabyte',
  actors,
  async run(stage) {
    await bombs(stage);
    await memory(stage);
    await small(stage);
    await bounded(stage);
  },
});
