/** F15: peers that freeze with their sockets open, among others that live, on a server that is busy. */
import { SokkerServer } from '@sokker/server';
import { LeapingClock } from '../clock.js';
import { echoing, host } from '../host.js';
import { openPeers, type Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep, until } from '../waiting.js';

/** How much of each cycle the server's thread is kept busy. */
const BUSY_MS = 16;
const CYCLE_MS = 20;
/** Peers that answer no Ping, and send. */
const TALKERS = 50;

interface LoadSetup {
  readonly port: number;
  readonly count: number;
  /** Sends messages instead of Pongs, so often. */
  readonly talksEveryMs?: number;
}

const actors = {
  server: async ({ pingIntervalMs }: { pingIntervalMs: number }) => {
    const clock = new LeapingClock();
    const server = echoing(new SokkerServer({ clock, pingIntervalMs }));
    return {
      ...(await host(server, { clock })),
      timers: () => clock.pending,
      burn: () => void setInterval(burn, CYCLE_MS),
    };
  },
  load: async ({ port, count, talksEveryMs }: LoadSetup) => {
    const peers: Peer[] = await openPeers(port, count, { answers: talksEveryMs === undefined });
    if (talksEveryMs !== undefined)
      setInterval(() => peers.forEach((peer) => peer.send(Buffer.from('!'))), talksEveryMs);
    return { open: () => peers.filter(({ socket }) => !socket.destroyed).length };
  },
};

function burn(): void {
  const end = performance.now() + BUSY_MS;
  while (performance.now() < end);
}

export const F15 = fault({
  id: 'F15',
  title: 'peers that freeze',
  actors,
  async run(stage) {
    const pingIntervalMs = stage.scale(5000, 1500);
    const lively = stage.connections(9000, 450);
    const frozen = stage.scale(1000, 50);
    const server = await stage.start('server', { pingIntervalMs });
    const port = await server.call.port();
    const living = await stage.start('load', { port, count: lively });
    const talking = await stage.start('load', { port, count: TALKERS, talksEveryMs: pingIntervalMs / 3 });
    const freezing = await stage.start('load', { port, count: frozen });
    await server.call.burn();
    await sleep(pingIntervalMs);
    const timers = await server.call.timers();
    const from = performance.now();
    freezing.process.signal('SIGSTOP');
    const gone = async (): Promise<boolean> => (await server.call.metrics()).decisions.unresponsive >= frozen;
    await until(gone, 4 * pingIntervalMs);
    const elapsedMs = performance.now() - from;
    // Whoever is killed wrongly is killed a little later.
    await sleep(2 * pingIntervalMs);
    const metrics = await server.call.metrics();
    stage.expect({
      asserted: `${frozen} of ${frozen + lively} frozen, pings every ${pingIntervalMs / 1000} s: all ended after`,
      figure: elapsedMs,
      unit: 'ms',
      atMost: 2 * pingIntervalMs + 1000,
      counter: fired(metrics, 'decisions.unresponsive', frozen),
    });
    stage.expect({
      asserted: 'living peers killed, at 80 % of a processor',
      figure: metrics.decisions.unresponsive - frozen + lively - (await living.call.open()),
      equals: 0,
    });
    stage.expect({
      asserted: 'peers that answer no Ping but send: open',
      figure: await talking.call.open(),
      equals: TALKERS,
    });
    stage.expect({ asserted: 'timers for all of them', figure: timers, atMost: 2 });
  },
});
