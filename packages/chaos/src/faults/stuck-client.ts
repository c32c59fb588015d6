/** One client of ten thousand is stuck: what the others notice of it, in rounds with and without. */
import { SokkerServer, type ServerConnection } from '@sokker/server';
import { host } from '../host.js';
import { median, percentile } from '../measure.js';
import { openPeers, Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep, until } from '../waiting.js';

const MIB = 1024 * 1024;
const MESSAGE_BYTES = 125;
const BROADCASTS = 5;

const actors = {
  server: async () => {
    const server = new SokkerServer({ onSlow: 'drop-oldest', upgrade: ({ path }) => ({ context: path }) });
    const stuck = (): ServerConnection<string> | undefined =>
      [...server.clients].find(({ context }) => context === '/stuck');
    return {
      ...(await host(server)),
      /** More than the stuck client's sockets and its limit hold. */
      fill: () => {
        const connection = stuck();
        for (let sent = 0; connection !== undefined && sent < 16 * MIB; sent += MIB) connection.send(Buffer.alloc(MIB));
        return connection?.bufferedBytes ?? 0;
      },
      /** To all: the stuck one is among them, or is left out. */
      broadcast: (withStuck: boolean) => {
        const connection = stuck();
        const except = withStuck || connection === undefined ? {} : { except: connection };
        const message = Buffer.alloc(MESSAGE_BYTES);
        message.writeDoubleBE(performance.timeOrigin + performance.now());
        return server.broadcast(message, except).sent;
      },
    };
  },
  load: async ({ port, count }: { port: number; count: number }) => {
    let times: number[] = [];
    const onFrame = ({ payload }: { payload: Buffer }): void => {
      times.push(performance.timeOrigin + performance.now() - payload.readDoubleBE(0));
    };
    await openPeers(port, count, { onFrame });
    return {
      /** 99th percentile from the broadcast to each client: milliseconds. */
      p99: async (messages: number) => {
        await until(() => times.length >= messages, 20_000);
        const seen = times;
        times = [];
        return seen.length === messages ? percentile(seen, 0.99) : Infinity;
      },
    };
  },
  stuck: async ({ port }: { port: number }) => {
    const peer = await Peer.open(port, { path: '/stuck' });
    peer.socket.pause();
    return {};
  },
};

export const STUCK = fault({
  id: 'stuck-client',
  title: 'one client of ten thousand is stuck',
  actors,
  async run(stage) {
    const count = stage.connections(10_000, 1000) - 1;
    const rounds = stage.scale(12, 8);
    const server = await stage.start('server', undefined);
    const port = await server.call.port();
    const load = await stage.start('load', { port, count });
    await stage.start('stuck', { port });
    await server.call.fill();
    const round = async (withStuck: boolean): Promise<number> => {
      for (let times = 0; times < BROADCASTS; times++) {
        await server.call.broadcast(withStuck);
        await sleep(50);
      }
      return load.call.p99(BROADCASTS * count);
    };
    await round(false);
    const [without, during]: [number[], number[]] = [[], []];
    for (let times = 0; times < rounds; times++) {
      // In turn, and the turns in turn: what disturbs the machine disturbs both.
      const first = times % 2 === 0;
      (first ? during : without).push(await round(first));
      (first ? without : during).push(await round(!first));
    }
    const differences = during.map((ms, at) => ms - (without[at] ?? 0)).sort((a, b) => a - b);
    // Of eight rounds or more, all but the outermost hold the median with 93 % and more.
    const [low = 0, high = 0] = [differences[1], differences.at(-2)];
    const noise = percentile(without, 0.75) - percentile(without, 0.25);
    stage.expect({
      asserted: `p99 of ${count} others with one stuck client, against rounds without: what it adds, at least`,
      figure: Math.max(0, low),
      unit: 'ms',
      equals: 0,
      beside: `${median(during).toFixed(1)} and ${median(without).toFixed(1)} ms; difference from ${low.toFixed(1)} to ${high.toFixed(1)}, noise ${noise.toFixed(1)}`,
      counter: fired(await server.call.metrics(), 'decisions.drop'),
    });
  },
});
