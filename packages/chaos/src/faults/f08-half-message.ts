/** F08: half a message and then silence, but for Pongs; beside those who go on sending whole ones. */
import { SokkerServer } from '@sokker/server';
import { LeapingClock } from '../clock.js';
import { BINARY, frame } from '../frames.js';
import { echoing, host } from '../host.js';
import { openPeers } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep } from '../waiting.js';

const DEADLINE_MS = 60_000;
const HALF = frame(BINARY, Buffer.alloc(1000), { fin: false });

const actors = {
  server: () => {
    const clock = new LeapingClock();
    return host(echoing(new SokkerServer({ clock })), { clock });
  },
  load: async ({ port, count }: { port: number; count: number }) => {
    const silent = await openPeers(port, count);
    const busy = await openPeers(port, count);
    const codes = Promise.all(silent.map(({ closed }) => closed));
    setInterval(() => busy.forEach((peer) => peer.send(Buffer.from('whole'))), 200);
    return {
      half: () => Promise.all(silent.map((peer) => peer.write(HALF))).then(() => {}),
      open: () => [silent, busy].map((peers) => peers.filter(({ socket }) => !socket.destroyed).length),
      closed: async (code: number) => (await codes).filter((each) => each === code).length,
    };
  },
};

export const F08 = fault({
  id: 'F08',
  title: 'half a message, then silence',
  actors,
  async run(stage) {
    const count = stage.scale(1000, 200);
    const server = await stage.start('server', undefined);
    const load = await stage.start('load', { port: await server.call.port(), count });
    await load.call.half();
    await sleep(200);
    await server.call.pass(DEADLINE_MS - 2000, 250);
    const [early] = await load.call.open();
    stage.expect({ asserted: 'half messages: open at 58 s of the 60 s allowed', figure: early ?? 0, equals: count });
    await server.call.pass(DEADLINE_MS / 4 + 4000, 250);
    stage.expect({
      asserted: 'closed with 1008 after that, though they answer Pings',
      figure: await load.call.closed(1008),
      equals: count,
      counter: fired(await server.call.metrics(), 'decisions.stall', count),
    });
    const [, busy] = await load.call.open();
    stage.expect({ asserted: 'those beside them who send whole messages: open', figure: busy ?? 0, equals: count });
  },
});
