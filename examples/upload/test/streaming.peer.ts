/**
 * What a sender feels over a real socket: control frames between the fragments of a long message, and a peer that does
 * not read. `STALL_MS=60000 npm run test:peers -- streaming` stalls for a minute; here a few seconds do.
 */
import { connect, type Connection } from '@sokker/client';
import { setTimeout as wait } from 'node:timers/promises';
import { killRemaining, startExample } from '../../test/example-process.js';
import { Growth } from '../growth.js';

const GB = 1e9;
const MIB = 2 ** 20;
const PIECE = Buffer.alloc(64 * 1024, 7);
const STALL_MS = Number(process.env.STALL_MS ?? 3000);

afterAll(killRemaining);

function* gigabyte(onPiece: (done: number) => void = () => undefined): Generator<Buffer> {
  for (let done = 0; done < GB; done += PIECE.length) {
    onPiece(done);
    yield PIECE.subarray(0, Math.min(PIECE.length, GB - done));
  }
}

async function open(environment: NodeJS.ProcessEnv): Promise<Connection> {
  const { port } = await startExample('examples/upload/test/reader.ts', environment);
  return connect(`ws://127.0.0.1:${port}`);
}

async function answer(connection: Connection): Promise<{ bytes: number; stalledMib: number }> {
  const { value } = (await connection[Symbol.asyncIterator]().next()) as {
    value: { json(): { bytes: number; stalledMib: number } };
  };
  return value.json();
}

test('Pings are answered within 100 ms while 1 GB is sent in fragments', async () => {
  const connection = await open({ STALL_MS: '0' });
  const said = answer(connection);
  let sending = true;
  const sent = connection.sendStream(gigabyte()).finally(() => (sending = false));
  const trips: number[] = [];
  while (sending) {
    trips.push(await connection.ping());
    await wait(20);
  }
  await sent;
  expect((await said).bytes).toBe(GB);
  trips.sort((a, b) => a - b);
  const median = trips[trips.length >> 1] ?? Infinity;
  const longest = trips.at(-1) ?? Infinity;
  console.log(`${trips.length} Pings, median ${median.toFixed(1)} ms, longest ${longest.toFixed(1)} ms`);
  expect(trips.length).toBeGreaterThan(10);
  // The longest is within 100 ms too where the machine has nothing else to do.
  expect(median).toBeLessThan(100);
  await connection.close();
}, 120_000);

test(
  `a reader that stalls for ${STALL_MS} ms: memory stays within its bound, then everything arrives`,
  async () => {
    const connection = await open({ STALL_MS: String(STALL_MS) });
    const said = answer(connection);
    const growth = new Growth();
    growth.warm();
    let given = 0;
    const sent = connection.sendStream(gigabyte((done) => (given = done)));
    await wait(STALL_MS * 0.9);
    const { bufferedBytes } = connection;
    const stalled = { givenMib: given / MIB, bufferedBytes, growthMib: growth.stop() };
    await sent;
    const { bytes, stalledMib } = await said;
    console.log(JSON.stringify({ ...stalled, readerMib: stalledMib }));
    expect(bytes).toBe(GB);
    // What the kernel's buffers of both sockets take is not ours to bound; a few MiB on loopback.
    expect(stalled.givenMib).toBeLessThan(32);
    expect(bufferedBytes).toBeLessThanOrEqual(2 * PIECE.length + 28);
    expect(stalled.growthMib).toBeLessThan(16);
    expect(stalledMib).toBeLessThan(16);
    await connection.close();
  },
  STALL_MS + 120_000,
);
