/** F14: one peer sends the smallest frames there are, in bursts of megabytes. */
import { SokkerServer } from '@sokker/server';
import { BINARY, frame, repeated } from '../frames.js';
import { host } from '../host.js';
import { compare, others, served, undisturbed } from '../others.js';
import { Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';

const MIB = 1024 * 1024;
const EMPTY = frame(BINARY, Buffer.alloc(0));
const ROUNDS = 3;
const OTHERS = 50;

const actors = {
  server: () => {
    const server = new SokkerServer();
    server.on('message', ({ data, type }, connection) => {
      if (data.length > 0) connection.send(data, { type });
    });
    return host(server);
  },
  others,
  burster: async ({ port }: { port: number }) => {
    const peer = await Peer.open(port);
    const burst = repeated(EMPTY, Math.floor((4 * MIB) / EMPTY.length));
    return {
      burst: async (bytes: number) => {
        for (let sent = 0; sent < bytes; sent += burst.length) await peer.write(burst);
        // Until the server has read it all.
        peer.send(Buffer.from('?'));
        await new Promise((resolve) => peer.socket.once('data', resolve));
      },
    };
  },
};

export const F14 = fault({
  id: 'F14',
  title: "one peer's bursts of the smallest frames",
  actors,
  async run(stage) {
    const bytes = stage.scale(64, 12) * MIB;
    const server = await stage.start('server', undefined);
    const port = await server.call.port();
    const bystanders = await stage.start('others', { port, count: OTHERS, everyMs: 100 });
    const burster = await stage.start('burster', { port });
    await burster.call.burst(4 * MIB);
    await server.call.watch();
    const compared = await compare(bystanders, ROUNDS, 1000, () => burster.call.burst(bytes / ROUNDS));
    const { turnP99Ms, longestTurnMs, longestWallMs } = await server.call.observed();
    const metrics = await server.call.metrics();
    const beside = `longest by the wall ${longestWallMs.toFixed(1)}`;
    stage.expect({
      asserted: `${bytes / MIB} MiB of 6-byte frames: p99 of turns of the event loop, in processor time`,
      figure: turnP99Ms,
      unit: 'ms',
      atMost: 20,
      counter: fired(metrics, 'traffic.messagesReceived', Math.floor((bytes / EMPTY.length) * 0.99)),
    });
    stage.expect({
      asserted: 'longest turn, in processor time',
      figure: longestTurnMs,
      unit: 'ms',
      atMost: 50,
      beside,
    });
    stage.expect(undisturbed(compared, 30));
    stage.expect(served(compared, OTHERS));
  },
});
