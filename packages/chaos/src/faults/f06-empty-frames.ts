/** F06: frames with nothing in them, of every kind, as fast as they can be sent. */
import { SokkerServer } from '@sokker/server';
import { BINARY, CONTINUATION, frame, PING, PONG, repeated } from '../frames.js';
import { host } from '../host.js';
import { Peer } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired, heldBeyond } from '../verdict.js';
import { metricsWhen } from '../waiting.js';

const EMPTY = Buffer.alloc(0);
const FRAME_BYTES = 6;
const FRAMES_PER_BLOCK = 10_000;

const KINDS = {
  messages: frame(BINARY, EMPTY),
  continuations: frame(CONTINUATION, EMPTY, { fin: false }),
  Pings: frame(PING, EMPTY),
  Pongs: frame(PONG, EMPTY),
} as const;
type Kind = keyof typeof KINDS;

interface Limits {
  readonly maxMessagesPerSecond?: number;
  readonly maxControlFramesPerSecond?: number;
  readonly maxFragments?: number;
}

const actors = {
  server: (limits: Limits) => {
    const server = new SokkerServer(limits);
    server.on('message', () => {});
    return host(server);
  },
  flooder: async ({ port }: { port: number }) => {
    const peer = await Peer.open(port);
    peer.socket.removeAllListeners('data').resume();
    return {
      flood: async (kind: Kind, frames: number) => {
        if (kind === 'continuations') await peer.write(frame(BINARY, EMPTY, { fin: false }));
        const block = repeated(KINDS[kind], FRAMES_PER_BLOCK);
        for (let sent = 0; sent < frames && !peer.socket.destroyed; sent += FRAMES_PER_BLOCK) await peer.write(block);
        if (kind === 'continuations') await peer.write(frame(CONTINUATION, EMPTY));
      },
    };
  },
};

async function flood(stage: Stage<typeof actors>): Promise<void> {
  const each = stage.scale(2_500_000, 250_000);
  const server = await stage.start('server', {});
  const flooder = await stage.start('flooder', { port: await server.call.port() });
  for (const kind of Object.keys(KINDS) as Kind[]) await flooder.call.flood(kind, each / 10);
  const before = await server.call.memory();
  for (const kind of Object.keys(KINDS) as Kind[]) {
    await server.call.watch();
    await flooder.call.flood(kind, each);
    const { turnP99Ms, longestTurnMs, longestWallMs } = await server.call.observed();
    stage.expect({
      asserted: `${each} empty ${kind} on one connection: the event loop turns after`,
      figure: turnP99Ms,
      unit: 'ms',
      atMost: 10,
      beside: `p99 of processor time; longest ${longestTurnMs.toFixed(1)}, by the wall ${longestWallMs.toFixed(1)}`,
    });
  }
  const metrics = await metricsWhen(server.call, ({ traffic }) => traffic.bytesReceived >= 4.4 * each * FRAME_BYTES);
  const after = await server.call.memory();
  stage.expect({
    ...heldBeyond(before, after, 1),
    counter: fired(metrics, 'traffic.bytesReceived', 4.4 * each * FRAME_BYTES),
  });
  await Promise.all([server.process.stop(), flooder.process.stop()]);
}

async function limited(stage: Stage<typeof actors>, limits: Limits, kind: Kind, code: string): Promise<void> {
  const server = await stage.start('server', limits);
  const flooder = await stage.start('flooder', { port: await server.call.port() });
  await flooder.call.flood(kind, 10 * FRAMES_PER_BLOCK);
  const metrics = await metricsWhen(server.call, ({ closes }) => closes[1008] === 1);
  stage.expect({
    asserted: `empty ${kind} with ${Object.keys(limits).join()}: closed with 1008`,
    figure: metrics.closes[1008] ?? 0,
    equals: 1,
    counter: fired(metrics, `errors.${code}`),
  });
  await Promise.all([server.process.stop(), flooder.process.stop()]);
}

export const F06 = fault({
  id: 'F06',
  title: 'frames with nothing in them',
  actors,
  async run(stage) {
    await flood(stage);
    await limited(stage, { maxMessagesPerSecond: 1000 }, 'messages', 'ERR_SOKKER_MESSAGE_RATE');
    await limited(stage, { maxFragments: 1000 }, 'continuations', 'ERR_SOKKER_TOO_MANY_FRAGMENTS');
    await limited(stage, { maxControlFramesPerSecond: 1000 }, 'Pongs', 'ERR_SOKKER_CONTROL_RATE');
  },
});
