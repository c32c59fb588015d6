/** F10: what compression leaves behind: memory of thousands that were in use, and of thousands of messages at once. */
import { permessageDeflate } from '@sokker/deflate';
import { SokkerServer } from '@sokker/server';
import { random } from '@sokker/testkit';
import { constants, deflateRawSync } from 'node:zlib';
import { frame, TEXT } from '../frames.js';
import { host } from '../host.js';
import { openPeers, type Peer } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { metricsWhen, sleep } from '../waiting.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const RSV1 = 4;
const MESSAGE_BYTES = 4 * KIB;
const LARGE_BYTES = 64 * KIB;
const LARGE_EACH = 10;
const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n';

type Preset = 'shared' | '336KiB';

/** Text that compresses as text does. */
function words(bytes: number): Buffer {
  const next = random(7);
  const all = Array.from({ length: bytes / 4 }, () => `w${Math.floor(next() * 400)}`);
  return Buffer.from(all.join(' ')).subarray(0, bytes);
}

const actors = {
  server: async ({ preset, warm = 512 }: { preset?: Preset; warm?: number }) => {
    const extensions = preset === undefined ? [] : [permessageDeflate({ preset, maxWarmConnections: warm })];
    const server = new SokkerServer({ extensions });
    server.on('message', ({ data, type }, connection) => connection.send(data, { type }));
    const large = words(LARGE_BYTES);
    return {
      ...(await host(server)),
      deflated: () => [...server.clients].filter(({ extensions: used }) => used.length > 0).length,
      /** Sends large messages to all at once, each deflated for itself. */
      sendLarge: () => {
        for (const connection of server.clients) {
          for (let times = 0; times < LARGE_EACH; times++) connection.send(large, { type: 'text' });
        }
      },
    };
  },
  load: async ({ port, count }: { port: number; count: number }) => {
    let received = 0;
    const onFrame = (): void => {
      received++;
    };
    const peers: Peer[] = await openPeers(port, count, { headers: OFFER, onFrame });
    const payload = deflateRawSync(words(MESSAGE_BYTES), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const message = frame(TEXT, payload, { rsv: RSV1 });
    return {
      /** A message on each connection, a few hundred at a time. */
      talk: async () => {
        for (let at = 0; at < peers.length; at += 256) {
          await Promise.all(peers.slice(at, at + 256).map((peer) => peer.write(message)));
          while (received < Math.min(at + 256, peers.length)) await sleep(5);
        }
        received = 0;
      },
      received: () => received,
    };
  },
};

/** Memory of many connections, idle, in use, and idle again. */
async function idle(stage: Stage<typeof actors>, preset: Preset): Promise<void> {
  const count = stage.connections(10_000, 1000);
  const restMs = stage.scale(60_000, 2000);
  // The default of maxWarmConnections is made for 10 000.
  const server = await stage.start('server', { preset, warm: Math.ceil((512 * count) / 10_000) });
  const load = await stage.start('load', { port: await server.call.port(), count });
  const before = await server.call.memory();
  await load.call.talk();
  const used = await server.call.memory();
  await sleep(restMs);
  const after = await server.call.memory();
  const each = (after.residentBytes - before.residentBytes) / count / KIB;
  const beside = `${(used.residentBytes / MIB).toFixed(0)} MiB after traffic, ${(before.residentBytes / MIB).toFixed(0)} before`;
  const counter = fired(await server.call.metrics(), 'traffic.messagesReceived', count);
  if (preset === 'shared') {
    stage.expect({
      asserted: `${count} connections, ${restMs / 1000} s after deflated traffic (the default preset): resident memory against the start`,
      figure: (100 * after.residentBytes) / before.residentBytes,
      unit: '%',
      atMost: 120,
      beside,
      counter,
    });
  } else {
    stage.expect({
      asserted: `${count} connections with context takeover, idle after use: resident memory of each`,
      figure: each,
      unit: 'KiB',
      atMost: 60,
      beside,
      counter,
    });
  }
  await Promise.all([server.process.stop(), load.process.stop()]);
}

async function atOnce(stage: Stage<typeof actors>): Promise<void> {
  const count = stage.scale(1000, 100);
  const server = await stage.start('server', { preset: 'shared' });
  const load = await stage.start('load', { port: await server.call.port(), count });
  const before = await server.call.memory();
  await server.call.watch();
  await server.call.sendLarge();
  const messages = count * LARGE_EACH;
  await metricsWhen(server.call, ({ retainedBytes }) => retainedBytes === 0);
  for (let times = 0; times < 600 && (await load.call.received()) < messages; times++) await sleep(50);
  const { peakBytes } = await server.call.observed();
  stage.expect({
    asserted: `${messages} messages of 64 KiB deflated at once: peak of resident memory above the start`,
    figure: (peakBytes - before.residentBytes) / MIB,
    unit: 'MiB',
    atMost: 91,
    counter: fired(await server.call.metrics(), 'traffic.messagesSent', messages),
  });
  stage.expect({ asserted: 'of these, delivered', figure: await load.call.received(), equals: messages });
  await Promise.all([server.process.stop(), load.process.stop()]);
}

async function offByDefault(stage: Stage<typeof actors>): Promise<void> {
  const server = await stage.start('server', {});
  await stage.start('load', { port: await server.call.port(), count: 10 });
  stage.expect({
    asserted: 'connections that use an extension nobody asked the server for',
    figure: await server.call.deflated(),
    equals: 0,
    counter: fired(await server.call.metrics(), 'connections', 10),
  });
}

export const F10 = fault({
  id: 'F10',
  title: 'what compression leaves behind',
  actors,
  async run(stage) {
    await offByDefault(stage);
    await atOnce(stage);
    await idle(stage, 'shared');
    await idle(stage, '336KiB');
  },
});
