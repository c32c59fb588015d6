/** F03: clients that never read, under every policy for slow consumers. */
import { SokkerServer, type ServerConnection, type ServerMetrics, type SlowPolicy } from '@sokker/server';
import { host } from '../host.js';
import { openPeers } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired, type Claim } from '../verdict.js';
import { sleep, until } from '../waiting.js';

const MIB = 1024 * 1024;
const MESSAGE_BYTES = 16 * 1024;
const LIMIT_BYTES = MIB;
const HIGH_WATER_BYTES = 64 * 1024;
const READERS = 8;
/** With 'keep-latest': more than a reader is ever behind, and more than fit below the limit. */
const KEYS = 128;
/** Messages between two looks at whether the readers follow: as much as they may be behind. */
const BATCH = 16;

interface Flooded {
  /** Longest time from reaching the limit to the policy: milliseconds; those that never got there do not count. */
  readonly reactionMs: number;
  readonly mostBufferedBytes: number;
  /** `send` answered true although as much waited as it should not, or false though nothing did. */
  readonly lies: number;
}

/** Sends to all, as fast as the readers read. */
class Flood {
  readonly #server: SokkerServer<string>;
  readonly #crossedAt = new Map<ServerConnection<string>, number>();
  #reactionMs = 0;
  #most = 0;
  #lies = 0;

  constructor(server: SokkerServer<string>) {
    this.#server = server;
    const react = (connection: ServerConnection<string>): void => {
      const since = this.#crossedAt.get(connection);
      if (since !== undefined) this.#reactionMs = Math.max(this.#reactionMs, performance.now() - since);
      this.#crossedAt.delete(connection);
    };
    server.on('slow', (_report, connection) => react(connection));
  }

  async run(messages: number): Promise<Flooded> {
    const readers = [...this.#server.clients].filter(({ context }) => context === 'reader');
    for (let sent = 0; sent < messages; sent++) {
      // Made anew each time: what is retained is not one buffer many times.
      this.#server.broadcast(Buffer.alloc(MESSAGE_BYTES, sent), { key: String(sent % KEYS) });
      if (sent % BATCH !== BATCH - 1) continue;
      this.#look();
      await Promise.all(readers.map((reader) => reader.writable()));
      await sleep(0);
    }
    await Promise.all(readers.map((reader) => reader.writable()));
    return { reactionMs: this.#reactionMs, mostBufferedBytes: this.#most, lies: this.#lies };
  }

  #look(): void {
    for (const connection of this.#server.clients) {
      const { bufferedBytes } = connection;
      this.#most = Math.max(this.#most, bufferedBytes);
      if (bufferedBytes >= LIMIT_BYTES) this.#cross(connection);
      else if (connection.context !== 'reader') this.#probe(connection);
    }
  }

  #cross(connection: ServerConnection<string>): void {
    if (!this.#crossedAt.has(connection)) this.#crossedAt.set(connection, performance.now());
  }

  #probe(connection: ServerConnection<string>): void {
    const isFree = connection.send('?');
    if (isFree && connection.bufferedBytes >= HIGH_WATER_BYTES) this.#lies++;
    if (!isFree && connection.bufferedBytes === 0) this.#lies++;
  }
}

const actors = {
  server: async ({ onSlow }: { onSlow: SlowPolicy }) => {
    const server = new SokkerServer({
      onSlow,
      maxBufferedBytes: LIMIT_BYTES,
      // The budget of the process is another fault's business.
      maxRetainedBytes: Infinity,
      upgrade: ({ path }) => ({ context: path.slice(1) }),
    });
    return { ...(await host(server)), flood: (messages: number) => new Flood(server).run(messages) };
  },
  stuck: async ({ port, count }: { port: number; count: number }) => {
    const peers = await openPeers(port, count, { path: '/stuck' });
    for (const { socket } of peers) socket.pause();
    return {};
  },
  readers: async ({ port }: { port: number }) => {
    let bytes = 0;
    const onFrame = ({ payload }: { payload: Buffer }): void => void (bytes += payload.length);
    await openPeers(port, READERS, { path: '/reader', onFrame });
    return {
      received: async (expected: number) => {
        await until(() => bytes >= expected, 10_000);
        return bytes;
      },
    };
  },
};

interface Scene {
  readonly onSlow: SlowPolicy;
  readonly count: number;
  readonly messages: number;
}

async function play(stage: Stage<typeof actors>, { onSlow, count, messages }: Scene): Promise<void> {
  const server = await stage.start('server', { onSlow });
  const port = await server.call.port();
  const readers = await stage.start('readers', { port });
  const before = await server.call.memory();
  const stuck = await stage.start('stuck', { port, count });
  await server.call.watch();
  const flooded = await server.call.flood(messages);
  const { peakBytes } = await server.call.observed();
  const metrics = await server.call.metrics();
  const expected = READERS * messages * MESSAGE_BYTES;
  const received = await readers.call.received(expected);
  stage.expect({
    asserted: `${onSlow}: ${count} non-readers, ${messages} × 16 KiB to all: resident memory above the start`,
    figure: (peakBytes - before.residentBytes) / MIB,
    unit: 'MiB',
    atMost: Math.ceil((count * LIMIT_BYTES * 1.2) / MIB),
    counter: fired(metrics, 'decisions.slow', count),
  });
  stage.expect(onSlow === 'close' ? reaction(flooded, metrics, count) : restraint(flooded, metrics, onSlow, count));
  stage.expect({
    asserted: `${onSlow}: what readers got`,
    figure: (100 * received) / expected,
    unit: '%',
    equals: 100,
  });
  stage.expect({ asserted: `${onSlow}: wrong answers of send`, figure: flooded.lies, equals: 0 });
  await Promise.all([server.process.stop(), readers.process.stop(), stuck.process.stop()]);
}

function reaction({ reactionMs }: Flooded, metrics: ServerMetrics, count: number): Claim {
  return {
    asserted: 'close: from reaching the limit to the end, at most',
    figure: reactionMs,
    unit: 'ms',
    atMost: 100,
    counter: fired(metrics, 'errors.ERR_SOKKER_TOO_SLOW', count),
  };
}

function restraint({ mostBufferedBytes }: Flooded, metrics: ServerMetrics, onSlow: SlowPolicy, count: number): Claim {
  return {
    asserted: `${onSlow}: most that waits for one`,
    figure: mostBufferedBytes / MIB,
    unit: 'MiB',
    atMost: Number(((LIMIT_BYTES + 2 * MESSAGE_BYTES) / MIB).toFixed(3)),
    counter: fired(metrics, 'decisions.drop', count),
  };
}

export const F03 = fault({
  id: 'F03',
  title: 'clients that never read',
  actors,
  async run(stage) {
    await play(stage, { onSlow: 'close', count: stage.connections(1000, 100), messages: stage.scale(10_000, 1000) });
    for (const onSlow of ['drop-newest', 'drop-oldest', 'keep-latest'] as const) {
      await play(stage, { onSlow, count: stage.scale(100, 20), messages: stage.scale(2000, 500) });
    }
  },
});
