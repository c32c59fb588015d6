/** F05: messages in fragments of one byte, and frames in writes of one byte. */
import { SokkerServer } from '@sokker/server';
import { BINARY, CONTINUATION, frame, repeated } from '../frames.js';
import { host } from '../host.js';
import { openPeers, type Peer } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { metricsWhen } from '../waiting.js';

const KIB = 1024;
const FRAGMENTS_PER_BLOCK = 8 * KIB;
/** What doubling holds most of: just past a power of two, and at the limit. */
const SIZES_KIB = [520, 1023] as const;
const WRITTEN_BYTES = 64 * KIB;
/** In the short form as well: beside a few of them, what the process itself takes decides. */
const DRIBBLED = 32;

const actors = {
  server: () => host(new SokkerServer({ pingIntervalMs: Infinity, messageTimeoutMs: Infinity })),
  load: async ({ port, count }: { port: number; count: number }) => {
    const peers = await openPeers(port, count, { answers: false });
    const fragments = repeated(frame(CONTINUATION, Buffer.from('f'), { fin: false }), FRAGMENTS_PER_BLOCK);
    const perFragment = fragments.length / FRAGMENTS_PER_BLOCK;
    return {
      begin: () =>
        Promise.all(peers.map((peer) => peer.write(frame(BINARY, Buffer.from('f'), { fin: false })))).then(() => {}),
      fragment: async (each: number) => {
        for (let sent = 0; sent < each; sent += FRAGMENTS_PER_BLOCK) {
          const block = fragments.subarray(0, Math.min(FRAGMENTS_PER_BLOCK, each - sent) * perFragment);
          await Promise.all(peers.map((peer) => peer.write(block)));
        }
      },
      finish: () => Promise.all(peers.map((peer) => peer.write(frame(CONTINUATION, Buffer.alloc(0))))).then(() => {}),
      /** All of a frame but its last byte, a byte per write. */
      dribble: (bytes: number) => Promise.all(peers.map((peer) => dribble(peer, bytes))).then(() => {}),
    };
  },
};

async function dribble(peer: Peer, bytes: number): Promise<void> {
  const whole = frame(BINARY, Buffer.alloc(bytes, 'd'));
  for (let at = 0; at < whole.length - 1; at++) await peer.write(whole.subarray(at, at + 1));
}

async function fragmented(stage: Stage<typeof actors>): Promise<void> {
  const server = await stage.start('server', undefined);
  const count = stage.scale(8, 2);
  const load = await stage.start('load', { port: await server.call.port(), count });
  const before = await server.call.memory();
  await server.call.watch();
  await load.call.begin();
  let frames = 0;
  for (const size of SIZES_KIB) {
    const each = size * KIB - frames;
    frames += each;
    await load.call.fragment(each);
    const bytes = count * (frames + 1) * 7;
    const metrics = await metricsWhen(server.call, ({ traffic }) => traffic.bytesReceived >= bytes);
    const { heldBytes } = await server.call.memory();
    stage.expect({
      asserted: `${count} × ${size} KiB in fragments of 1 byte: held per byte of payload`,
      figure: (heldBytes - before.heldBytes) / (count * frames),
      atMost: 2.1,
      counter: fired(metrics, 'retainedBytes', count * frames),
    });
  }
  const { cpuMs } = await server.call.observed();
  stage.expect({
    asserted: 'processor time per fragment',
    figure: (cpuMs * 1000) / (count * frames),
    unit: 'µs',
    atMost: 2,
  });
  await load.call.finish();
  await Promise.all([server.process.stop(), load.process.stop()]);
}

async function dribbled(stage: Stage<typeof actors>): Promise<void> {
  const server = await stage.start('server', undefined);
  const count = DRIBBLED;
  const load = await stage.start('load', { port: await server.call.port(), count });
  const before = await server.call.memory();
  await load.call.dribble(WRITTEN_BYTES);
  const metrics = await metricsWhen(server.call, ({ traffic }) => traffic.bytesReceived >= count * WRITTEN_BYTES);
  const { heldBytes } = await server.call.memory();
  stage.expect({
    asserted: `${count} frames of 64 KiB in writes of 1 byte: held per byte of payload`,
    figure: (heldBytes - before.heldBytes) / (count * WRITTEN_BYTES),
    atMost: 3,
    counter: fired(metrics, 'traffic.bytesReceived', count * WRITTEN_BYTES),
  });
}

export const F05 = fault({
  id: 'F05',
  title: 'fragments of one byte, writes of one byte',
  actors,
  async run(stage) {
    await fragmented(stage);
    await dribbled(stage);
  },
});
