/** F18: a process with ten thousand connections is killed in mid-frame. */
import { SokkerServer } from '@sokker/server';
import { BINARY, frame } from '../frames.js';
import { host, type HostMethods } from '../host.js';
import { openPeers } from '../peer.js';
import type { Remote } from '../remote.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep, until } from '../waiting.js';

const HALF = frame(BINARY, Buffer.alloc(1000)).subarray(0, 500);
const TOPICS = 100;
const QUIET_MS = 2000;

const actors = {
  server: async () => {
    const server = new SokkerServer();
    const closed: number[] = [];
    let [count, ends] = [0, 0];
    server.on('connection', (connection) => connection.join(`topic ${count++ % TOPICS}`));
    server.on('message', () => {});
    server.on('close', ({ code }) => {
      if (code === 1006) ends++;
      closed.push(code);
    });
    return {
      ...(await host(server)),
      ends: () => ends,
      closes: () => closed.splice(0).length,
      /** Writes to sockets whose peer is gone, or is about to be noticed to be. */
      write: () => server.broadcast('to the dead').sent,
    };
  },
  load: async ({ port, count }: { port: number; count: number }) => {
    const peers = await openPeers(port, count);
    await Promise.all(peers.map((peer) => peer.write(HALF)));
    return {};
  },
};

type Server = Pick<Remote<HostMethods>, 'cpuMs' | 'memory'>;

async function expectQuiet(stage: Stage<typeof actors>, server: Server, heapBefore: number): Promise<void> {
  const before = await server.cpuMs();
  await sleep(QUIET_MS);
  const cpuMs = (await server.cpuMs()) - before;
  stage.expect({ asserted: 'processor time afterwards', figure: (100 * cpuMs) / QUIET_MS, unit: '%', atMost: 5 });
  const { heapBytes } = await server.memory();
  stage.expect({
    asserted: 'heap against what it was before them',
    figure: (100 * heapBytes) / heapBefore,
    unit: '%',
    atMost: 102,
    beside: `${(heapBytes / 1024 / 1024).toFixed(2)} MiB`,
  });
}

export const F18 = fault({
  id: 'F18',
  title: 'ten thousand connections are killed in mid-frame',
  actors,
  async run(stage) {
    const count = stage.connections(10_000, 1000);
    const server = await stage.start('server', undefined);
    const port = await server.call.port();
    const gone = async (): Promise<boolean> => (await server.call.metrics()).connections === 0;
    // Once before, so that code is compiled and tables have grown.
    for (let times = 0; times < 2; times++) {
      const first = await stage.start('load', { port, count });
      first.process.kill();
      await until(gone, 30_000);
    }
    const [earlier, before] = [await server.call.closes(), await server.call.memory()];
    const load = await stage.start('load', { port, count });
    await sleep(300);
    const ends = await server.call.ends();
    load.process.signal('SIGKILL');
    await load.process.exited;
    const from = performance.now();
    await server.call.write();
    await until(gone, 30_000);
    const elapsedMs = performance.now() - from;
    const metrics = await server.call.metrics();
    stage.expect({
      asserted: `${count} connections killed: 'close' events with 1006, each once (${earlier} before)`,
      figure: (await server.call.ends()) - ends,
      equals: count,
      counter: fired(metrics, 'closes.1006', 3 * count),
    });
    stage.expect({ asserted: "'close' events of any code", figure: await server.call.closes(), equals: count });
    stage.expect({ asserted: 'all state gone after', figure: elapsedMs, unit: 'ms', atMost: 2000 });
    const left = metrics.connections + metrics.handshakes + metrics.topics + metrics.retainedBytes;
    stage.expect({
      asserted: 'connections, handshakes, topics, retained bytes that are left',
      figure: left,
      equals: 0,
    });
    await expectQuiet(stage, server.call, before.heapBytes);
  },
});
