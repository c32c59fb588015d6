/** F26: a peer sends without end to a connection that is paused. */
import { SokkerServer, type ServerConnection } from '@sokker/server';
import { LeapingClock } from '../clock.js';
import { BINARY, frame, PING, PONG } from '../frames.js';
import { host } from '../host.js';
import { Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep, until } from '../waiting.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const MESSAGE_BYTES = 64 * KIB;
const PAUSE_MS = 60_000;

const actors = {
  server: async () => {
    const clock = new LeapingClock();
    const server = new SokkerServer({ clock });
    const all: ServerConnection[] = [];
    let [messages, wrong] = [0, 0];
    server.on('connection', (connection) => {
      all.push(connection);
      connection.pause();
    });
    server.on('message', ({ data }) => {
      if (data.length !== MESSAGE_BYTES || data.readUInt32BE(0) !== messages) wrong++;
      messages++;
    });
    return {
      ...(await host(server, { clock })),
      resume: () => all.forEach((connection) => connection.resume()),
      received: () => ({ messages, wrong }),
    };
  },
  load: async ({ port }: { port: number }) => {
    let pongs = 0;
    const peer = await Peer.open(port, {
      answers: false,
      onFrame: ({ opcode }) => void (pongs += Number(opcode === PONG)),
    });
    let sent = 0;
    const send = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) {
        const payload = Buffer.alloc(MESSAGE_BYTES);
        payload.writeUInt32BE(index);
        await peer.write(frame(BINARY, payload));
        await peer.write(frame(PING, Buffer.alloc(4)));
        sent++;
      }
    };
    return {
      send: (count: number) => void send(count),
      sent: () => sent,
      pongs: () => pongs,
      open: () => !peer.socket.destroyed,
    };
  },
};

export const F26 = fault({
  id: 'F26',
  title: 'a sender without end, and a connection that is paused',
  actors,
  async run(stage) {
    const count = (stage.scale(1024, 64) * MIB) / MESSAGE_BYTES;
    const server = await stage.start('server', undefined);
    const load = await stage.start('load', { port: await server.call.port() });
    const before = await server.call.memory();
    await load.call.send(count);
    await sleep(1000);
    await server.call.pass(PAUSE_MS, 500);
    const { retainedBytes } = await server.call.metrics();
    const after = await server.call.memory();
    const sent = await load.call.sent();
    stage.expect({
      asserted: `paused for ${PAUSE_MS / 1000} s before ${(count * MESSAGE_BYTES) / MIB} MiB: memory held above the start`,
      figure: Math.max(retainedBytes, after.heldBytes - before.heldBytes) / KIB,
      unit: 'KiB',
      atMost: (MESSAGE_BYTES + 64 * KIB + 256 * KIB) / KIB,
      beside: `of which 256 are for the code and the socket; ${sent} of ${count} messages left the sender`,
    });
    stage.expect({ asserted: 'it is not taken for dead', figure: Number(await load.call.open()), equals: 1 });
    stage.expect({ asserted: 'Pings that were answered meanwhile', figure: await load.call.pongs(), equals: 0 });
    await server.call.resume();
    await until(async () => (await server.call.received()).messages >= count, 60_000);
    const { messages, wrong } = await server.call.received();
    const counter = fired(await server.call.metrics(), 'traffic.messagesReceived', count);
    stage.expect({
      asserted: 'messages that came after resume, in order and whole',
      figure: messages - wrong,
      equals: count,
      counter,
    });
  },
});
