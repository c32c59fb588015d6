/** F23: a server with ten thousand clients is restarted, and all of them come back. */
import { connect } from '@sokker/client';
import { SokkerServer } from '@sokker/server';
import { host } from '../host.js';
import { listenDrops } from '../proc.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep, until } from '../waiting.js';

/** Of the clients: those over whom the mean is taken. */
const MOST = 0.95;
const BACK_WITHIN_MS = 30_000;

const actors = {
  server: async ({ port }: { port: number }) => {
    const server = new SokkerServer();
    const accepts: number[] = [];
    server.on('connection', () => accepts.push(performance.now()));
    server.on('message', () => {});
    return { ...(await host(server, { port })), accepts: () => accepts };
  },
  clients: ({ port, count }: { port: number; count: number }) => {
    let [open, gaveUp] = [0, 0];
    const live = async (): Promise<void> => {
      // Without turns: one process stands for ten thousand that know nothing of each other.
      const options = { waitTurn: false, onUnsent: () => {} };
      for await (const connection of connect.forever(`ws://127.0.0.1:${port}/`, options)) {
        open++;
        connection.discard();
        void connection.closed.then(() => open--);
      }
    };
    return {
      start: async () => {
        for (let started = 0; started < count; started++) {
          live().catch(() => gaveUp++);
          if (started % 100 === 99) await sleep(5);
        }
      },
      state: () => ({ open, gaveUp }),
    };
  },
};

/**
 * The most accepts in a second against their mean, over the time in which a share of all came back: the last few of a
 * doubling window would else set the mean.
 */
function peakToMean(accepts: readonly number[], share: number): number {
  const first = accepts[0] ?? 0;
  const counted = accepts.slice(0, Math.ceil(accepts.length * share));
  const seconds = Math.max(1, ((counted.at(-1) ?? 0) - first) / 1000);
  const buckets = new Map<number, number>();
  for (const at of counted) {
    const second = Math.floor((at - first) / 1000);
    buckets.set(second, (buckets.get(second) ?? 0) + 1);
  }
  return Math.max(...buckets.values()) / (counted.length / seconds);
}

async function restart(stage: Stage<typeof actors>): Promise<void> {
  const count = stage.connections(10_000, 1000);
  const before = await stage.start('server', { port: 0 });
  const port = await before.call.port();
  const clients = await stage.start('clients', { port, count });
  await clients.call.start();
  const all = async (): Promise<boolean> => (await clients.call.state()).open >= count;
  await until(all, 60_000);
  stage.expect({ asserted: 'clients that are connected', figure: (await clients.call.state()).open, equals: count });
  const drops = listenDrops();
  before.process.signal('SIGKILL');
  await before.process.exited;
  const after = await stage.start('server', { port });
  const elapsedMs = await until(all, BACK_WITHIN_MS + 15_000);
  const { open, gaveUp } = await clients.call.state();
  const accepts = await after.call.accepts();
  const metrics = await after.call.metrics();
  stage.expect({
    asserted: `${count} clients, the server killed and started again: all back after`,
    figure: open === count ? elapsedMs / 1000 : Infinity,
    unit: 's',
    atMost: BACK_WITHIN_MS / 1000,
    counter: fired(metrics, 'decisions.open', count),
  });
  stage.expect({
    asserted: `most accepts in a second against their mean, until ${100 * MOST} % are back`,
    figure: peakToMean(accepts, MOST),
    atMost: 3,
    beside: `${peakToMean(accepts, 1).toFixed(1)} with the last of them`,
  });
  stage.expect({ asserted: 'clients that gave up', figure: gaveUp, equals: 0 });
  stage.expect({ asserted: 'connections that the kernel dropped', figure: listenDrops() - drops, equals: 0 });
}

export const F23 = fault({
  id: 'F23',
  title: 'a server is restarted, and all clients come back',
  actors,
  run: restart,
});
