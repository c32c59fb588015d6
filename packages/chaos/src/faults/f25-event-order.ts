/** F25: whatever peers send, each connection has one `close`, and nothing after it. */
import { SokkerServer, type ServerConnection } from '@sokker/server';
import { random } from '@sokker/testkit';
import { CLOSE, closeFrame, frame } from '../frames.js';
import { host } from '../host.js';
import { manyTimes, Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { metricsWhen } from '../waiting.js';

const EVENTS = ['message', 'ping', 'pong', 'drain', 'error', 'close'] as const;
const PIECES_PER_CONNECTION = 12;

/** Watches every connection for events that must not come. */
class Watcher {
  readonly #ended = new WeakSet<ServerConnection>();
  late = 0;
  closes = 0;

  watch(connection: ServerConnection): void {
    for (const name of EVENTS) connection.on(name, () => this.#note(name, connection));
  }

  #note(name: (typeof EVENTS)[number], connection: ServerConnection): void {
    if (this.#ended.has(connection)) this.late++;
    if (name !== 'close') return;
    this.closes++;
    this.#ended.add(connection);
  }
}

const actors = {
  server: async ({ seed }: { seed: number }) => {
    const server = new SokkerServer({
      closeTimeoutMs: 500,
      // Conversations go on side by side: numbers of its own let each be repeated, in whatever order they get on.
      upgrade: ({ path }) => ({ context: random(seed - Number(path.slice(1))) }),
    });
    const watcher = new Watcher();
    server.on('connection', (connection) => watcher.watch(connection));
    server.on('message', (message, connection) => {
      const chance = connection.context();
      if (chance < 0.1) void connection.close();
      else if (chance < 0.15) connection.terminate();
      else if (chance < 0.5) connection.send(message.data);
    });
    return { ...(await host(server)), seen: () => ({ late: watcher.late, closes: watcher.closes }) };
  },
  load: ({ port, seed }: { port: number; seed: number }) => ({
    play: async (count: number) => {
      await manyTimes(count, (index) => play(port, index + 1, random(seed + index + 1)));
    },
  }),
};

function piece(next: () => number): Buffer {
  const chance = next();
  if (chance < 0.05) return closeFrame(1000 + Math.floor(next() * 20));
  if (chance < 0.08) return frame(CLOSE, Buffer.alloc(Math.floor(next() * 3)));
  if (chance < 0.15) return Buffer.from(Array.from({ length: 8 }, () => Math.floor(next() * 256)));
  const opcode = [0, 1, 2, 8, 9, 10, 3][Math.floor(next() ** 2 * 7)] ?? 1;
  return frame(opcode, Buffer.alloc(Math.floor(next() * 200), 'x'), { fin: next() < 0.7 });
}

async function play(port: number, conversation: number, next: () => number): Promise<void> {
  const peer = await Peer.open(port, { path: `/${conversation}`, answers: next() < 0.5 });
  for (let sent = 0; sent < PIECES_PER_CONNECTION && peer.socket.writable; sent++) {
    const bytes = piece(next);
    const cut = Math.floor(next() * bytes.length);
    await peer.write(bytes.subarray(0, cut));
    await peer.write(bytes.subarray(cut));
  }
  if (next() < 0.5) peer.socket.resetAndDestroy();
  else peer.socket.end();
  await peer.closed;
}

export const F25 = fault({
  id: 'F25',
  title: 'events after the end',
  actors,
  async run(stage) {
    const count = stage.scale(50_000, 3000);
    const server = await stage.start('server', { seed: stage.seed });
    const load = await stage.start('load', { port: await server.call.port(), seed: stage.seed });
    await load.call.play(count);
    const metrics = await metricsWhen(server.call, ({ connections }) => connections === 0);
    const { late, closes } = await server.call.seen();
    const counter = fired(metrics, 'decisions.close', count);
    stage.expect({ asserted: `${count} random conversations: 'close' events`, figure: closes, equals: count, counter });
    stage.expect({ asserted: 'events after the close', figure: late, equals: 0 });
  },
});
