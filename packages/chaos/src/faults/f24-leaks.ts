/** F24: connections come and go by the million: what is left of each. */
import { SokkerServer } from '@sokker/server';
import { closeFrame, frame, TEXT } from '../frames.js';
import { echoing, host } from '../host.js';
import { manyTimes, Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { metricsWhen } from '../waiting.js';

const HELLO = frame(TEXT, Buffer.from('hello'));
const BROKEN = Buffer.from('f0', 'hex');
const AT_ONCE = 32;
const PARTS = 3;

const actors = {
  server: async () => {
    const server = echoing(new SokkerServer());
    server.on('connection', (connection) => connection.join('all'));
    const names = ['listening', 'connection', 'message', 'close', 'error'] as const;
    return {
      ...(await host(server)),
      listeners: () => names.reduce((sum, name) => sum + server.listenerCount(name), 0) + process.eventNames().length,
    };
  },
  load: ({ port }: { port: number }) => ({
    /** Every way to end: by the client, by its absence, by a rule that it breaks, without a word. */
    cycle: async (count: number) => {
      await manyTimes(count, (index) => live(port, index % 4), AT_ONCE);
    },
  }),
};

async function live(port: number, end: number): Promise<void> {
  const peer = await Peer.open(port);
  peer.socket.write(HELLO);
  if (end === 0) peer.socket.write(closeFrame(1000));
  else if (end === 1) peer.socket.end();
  else if (end === 2) peer.socket.write(BROKEN);
  else peer.socket.resetAndDestroy();
  await peer.closed;
}

export const F24 = fault({
  id: 'F24',
  title: 'connections come and go',
  actors,
  async run(stage) {
    // A million in all: what leaks shows earlier, and in every part.
    const cycles = stage.scale(334_000, 6000);
    const server = await stage.start('server', undefined);
    const load = await stage.start('load', { port: await server.call.port() });
    const rest = async (): Promise<number> => {
      await load.call.cycle(cycles);
      await metricsWhen(server.call, ({ connections }) => connections === 0);
      return (await server.call.memory()).heapBytes;
    };
    const heaps = [await rest()];
    const before = { kinds: await server.call.resources() };
    const listeners = await server.call.listeners();
    for (let part = 0; part < PARTS; part++) heaps.push(await rest());
    const after = { kinds: await server.call.resources() };
    const slopes = heaps.slice(1).map((heap, part) => (heap - (heaps[part] ?? 0)) / cycles);
    stage.expect({
      asserted: `${PARTS} × ${cycles} connections opened and ended in four ways: heap that each leaves, in the best part`,
      figure: Math.max(0, Math.min(...slopes)),
      unit: 'B',
      atMost: 10,
      beside: slopes.map((slope) => slope.toFixed(1)).join(', '),
      counter: fired(await server.call.metrics(), 'decisions.close', PARTS * cycles),
    });
    stage.expect({
      asserted: 'listeners that are left',
      figure: (await server.call.listeners()) - listeners,
      equals: 0,
    });
    const kinds = new Set([...Object.keys(before.kinds), ...Object.keys(after.kinds)]);
    const changed = [...kinds].filter((kind) => before.kinds[kind] !== after.kinds[kind]);
    stage.expect({
      asserted: 'kinds of active resources that are not as before',
      figure: changed.length,
      equals: 0,
      beside: changed.join(),
    });
  },
});
