/** F04: Pings without end, from a peer that reads the answers and from one that does not. */
import { SokkerServer } from '@sokker/server';
import { frame, PING, PONG, repeated } from '../frames.js';
import { echoing, host } from '../host.js';
import { compare, others, served, undisturbed } from '../others.js';
import { Peer } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired, heldBeyond } from '../verdict.js';
import { metricsWhen, until } from '../waiting.js';

const PAYLOAD_BYTES = 125;
const PINGS_PER_BLOCK = 500;
const MIB = 1024 * 1024;
/** The Pongs to one chunk leave together: a chunk of Pings, and the one Pong that waits. */
const CHUNK_BYTES = 64 * 1024 + PAYLOAD_BYTES + 2;
/** Payload of the last Ping. */
const LAST = 'last';
const ANSWER_WITHIN_MS = 5000;
const ROUNDS = 3;
const OTHERS = 50;
const CALM_MS = 1000;

const actors = {
  server: async ({ maxControlFramesPerSecond }: { maxControlFramesPerSecond?: number }) => {
    const server = echoing(
      new SokkerServer({ ...(maxControlFramesPerSecond !== undefined && { maxControlFramesPerSecond }) }),
    );
    let most = 0;
    setInterval(() => {
      for (const { bufferedBytes } of server.clients) most = Math.max(most, bufferedBytes);
    }, 5);
    return { ...(await host(server)), mostBufferedBytes: () => most };
  },
  others,
  flooder: async ({ port, reads }: { port: number; reads: boolean }) => {
    let [pongs, last] = [0, ''];
    const peer = await Peer.open(port, {
      onFrame: ({ opcode, payload }) => {
        if (opcode !== PONG) return;
        pongs++;
        last = payload.toString('latin1');
      },
    });
    if (!reads) peer.socket.pause();
    const block = repeated(frame(PING, Buffer.alloc(PAYLOAD_BYTES, 'p')), PINGS_PER_BLOCK);
    return {
      flood: async (pings: number) => {
        for (let sent = 0; sent < pings && !peer.socket.destroyed; sent += PINGS_PER_BLOCK) await peer.write(block);
      },
      /** Asks once more, and reads in any case: Pongs that came in all, if the last one did. */
      answered: async () => {
        peer.socket.resume();
        peer.send(Buffer.from(LAST), PING);
        await until(() => last === LAST, ANSWER_WITHIN_MS);
        return last === LAST ? pongs : 0;
      },
    };
  },
};

async function flood(stage: Stage<typeof actors>, reads: boolean, pings: number): Promise<void> {
  const server = await stage.start('server', {});
  const port = await server.call.port();
  const bystanders = await stage.start('others', { port, count: OTHERS, everyMs: 100 });
  const flooder = await stage.start('flooder', { port, reads });
  // Code is compiled and buffers have grown.
  await flooder.call.flood(pings / 10);
  const before = await server.call.memory();
  const compared = await compare(bystanders, ROUNDS, CALM_MS, () => flooder.call.flood(pings / ROUNDS));
  const after = await server.call.memory();
  const who = reads ? 'a peer that reads' : 'a peer that does not';
  stage.expect({
    asserted: `${pings} Pings × 125 B from ${who}: most that waits to be sent to anyone`,
    figure: (await server.call.mostBufferedBytes()) / 1024,
    unit: 'KiB',
    atMost: Number((CHUNK_BYTES / 1024).toFixed(1)),
    counter: fired(await server.call.metrics(), 'traffic.bytesReceived', pings * PAYLOAD_BYTES),
  });
  stage.expect({
    ...heldBeyond(before, after, 1),
    beside: `resident ${((after.residentBytes - before.residentBytes) / MIB).toFixed(1)}`,
  });
  stage.expect(undisturbed(compared, 20));
  stage.expect(served(compared, OTHERS));
  stage.expect({
    asserted: 'the flooder is left alone, and its last Ping answered: Pongs that came',
    figure: await flooder.call.answered(),
    // RFC 6455 §5.5.3: where Pongs pile up, the one to the latest Ping is enough.
    atLeast: reads ? pings / 2 : 1,
  });
  await Promise.all([server.process.stop(), bystanders.process.stop(), flooder.process.stop()]);
}

async function rated(stage: Stage<typeof actors>): Promise<void> {
  const server = await stage.start('server', { maxControlFramesPerSecond: 100 });
  const flooder = await stage.start('flooder', { port: await server.call.port(), reads: true });
  await flooder.call.flood(10 * PINGS_PER_BLOCK);
  const metrics = await metricsWhen(server.call, ({ closes }) => closes[1008] === 1);
  stage.expect({
    asserted: 'with maxControlFramesPerSecond 100: closed with 1008',
    figure: metrics.closes[1008] ?? 0,
    equals: 1,
    counter: fired(metrics, 'errors.ERR_SOKKER_CONTROL_RATE'),
  });
}

export const F04 = fault({
  id: 'F04',
  title: 'Pings without end',
  actors,
  async run(stage) {
    const pings = stage.scale(10_000_000, 300_000);
    await flood(stage, true, pings);
    await flood(stage, false, pings);
    await rated(stage);
  },
});
