/** F07: a megabyte is declared, one byte comes. */
import { SokkerServer } from '@sokker/server';
import { LeapingClock } from '../clock.js';
import { BINARY, frame } from '../frames.js';
import { host } from '../host.js';
import { openPeers, type Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { until } from '../waiting.js';

const DECLARED_BYTES = 1024 * 1024;
const DEADLINE_MS = 60_000;

const actors = {
  server: () => {
    const clock = new LeapingClock();
    return host(new SokkerServer({ clock, pingIntervalMs: Infinity, messageTimeoutMs: DEADLINE_MS }), { clock });
  },
  load: async ({ port, count }: { port: number; count: number }) => {
    const peers: Peer[] = await openPeers(port, count);
    const codes = Promise.all(peers.map(({ closed }) => closed));
    return {
      declare: async () => {
        const bytes = frame(BINARY, Buffer.from('x'), { declaredBytes: DECLARED_BYTES });
        await Promise.all(peers.map((peer) => peer.write(bytes)));
      },
      open: () => peers.filter(({ socket }) => !socket.destroyed).length,
      closed: async (code: number) => (await codes).filter((each) => each === code).length,
    };
  },
};

export const F07 = fault({
  id: 'F07',
  title: 'a length is declared, and nothing sent',
  actors,
  async run(stage) {
    const count = stage.connections(10_000, 5000);
    const server = await stage.start('server', undefined);
    const load = await stage.start('load', { port: await server.call.port(), count });
    const before = await server.call.memory();
    await load.call.declare();
    const bytes = count * frame(BINARY, Buffer.from('x'), { declaredBytes: DECLARED_BYTES }).length;
    await until(async () => (await server.call.metrics()).traffic.bytesReceived >= bytes, 10_000);
    const after = await server.call.memory();
    stage.expect({
      asserted: `${count} connections declare 1 MiB and send 1 byte: resident memory of each grows by`,
      figure: (after.residentBytes - before.residentBytes) / count / 1024,
      unit: 'KiB',
      atMost: 2,
    });
    stage.expect({
      asserted: 'and what each holds, heap and buffers',
      figure: (after.heldBytes - before.heldBytes) / count / 1024,
      unit: 'KiB',
      atMost: 2,
    });
    await server.call.pass(DEADLINE_MS - 2000);
    stage.expect({
      asserted: 'open at 58 s of the 60 s that a message may take',
      figure: await load.call.open(),
      equals: count,
    });
    await server.call.pass(DEADLINE_MS / 4 + 4000);
    stage.expect({
      asserted: 'closed with 1008 after that',
      figure: await load.call.closed(1008),
      equals: count,
      counter: fired(await server.call.metrics(), 'decisions.stall', count),
    });
  },
});
