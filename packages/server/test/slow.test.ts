import { Opcode } from '@sokker/frame';
import type { ServerConnection } from '@sokker/server';
import { SLOW_POLICIES } from '../src/slow-policy.js';
import { openPair, rigs, turnsUntil } from './rig.js';

const start = rigs();

const KIB = Buffer.alloc(1024, 'a');
/** Leaves in a write of its own. */
const LARGE = Buffer.alloc(16 * 1024);
const LIMITS = { maxBufferedBytes: 256 * 1024, highWaterMarkBytes: 64 * 1024 };

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** More than the buffers of both kernels hold. */
function fill(send: (index: number) => unknown, isFull: () => boolean): number {
  let count = 0;
  while (!isFull() && count < 100_000) send(count++);
  return count;
}

test('close: ended at the limit, with an event, a counter and a record; the others do not notice', async () => {
  const rig = await start(LIMITS);
  const [slow, connection] = await rig.open();
  const [other] = await rig.open();
  slow.socket.pause();
  const seen: unknown[] = [];
  rig.server.on('slow', (report, who) => seen.push(report, who));
  rig.server.on('close', (record) => seen.push(record.error));
  while (connection.state === 'open') {
    connection.send(KIB);
    if (connection.bufferedBytes > 200 * 1024) await new Promise((resolve) => setImmediate(resolve));
  }
  await turnsUntil(() => seen.length === 3);
  expect(seen).toEqual([
    expect.objectContaining({ policy: 'close' }),
    connection,
    expect.objectContaining({ code: 'ERR_SOKKER_TOO_SLOW' }),
  ]);
  expect(rig.server.broadcast('hello')).toEqual({ sent: 1, slow: 0, dropped: 0 });
  expect((await other.frame()).payload.toString()).toBe('hello');
  expect(rig.server.metrics().decisions.slow).toBe(1);
});

test('signal: told once, and all of it arrives', async () => {
  const rig = await start({ ...LIMITS, onSlow: 'signal' });
  const [wire, connection] = await rig.open();
  let told = 0;
  rig.server.on('slow', () => told++);
  const count = fill(
    () => connection.send(KIB),
    () => connection.bufferedBytes > 2 * LIMITS.maxBufferedBytes,
  );
  expect(told).toBe(1);
  let received = 0;
  while (received < count) received += (await wire.frame()).payload.length / 1024;
  expect(received).toBe(count);
});

describe('the event comes once per spell, which ends when no more than lowWaterMarkBytes wait', () => {
  const { maxBufferedBytes } = LIMITS;
  test.each(['signal', 'drop-newest', 'drop-oldest', 'keep-latest'] as const)('%s', async (onSlow) => {
    const rig = await start({ ...LIMITS, onSlow });
    const [far, connection] = await openPair(rig);
    let told = 0;
    rig.server.on('slow', () => told++);
    async function overfill(): Promise<void> {
      for (let sent = 0; sent < 2 * maxBufferedBytes; sent += LARGE.length) {
        connection.send(LARGE);
        await turn();
      }
    }
    async function drainTo(bytes: number): Promise<void> {
      while (connection.bufferedBytes > bytes) {
        far.read();
        await turn();
      }
    }
    for (let spell = 1; spell <= 2; spell++) {
      await overfill();
      await drainTo(maxBufferedBytes / 2);
      expect(connection.bufferedBytes).toBeGreaterThan(16 * 1024);
      await overfill();
      expect(told).toBe(spell);
      await drainTo(0);
      connection.send('on time');
    }
    expect(rig.server.metrics().decisions.slow).toBe(2);
    far.destroy();
  });
});

describe('streams that wait for their turn count, and the event comes once per spell for them too', () => {
  test.each(['signal', 'drop-newest', 'drop-oldest', 'keep-latest'] as const)('%s', async (onSlow) => {
    const rig = await start({ ...LIMITS, onSlow });
    const [far, connection] = await openPair(rig);
    let told = 0;
    rig.server.on('slow', () => told++);
    for (let spell = 1; spell <= 2; spell++) {
      for (let count = 0; count < 300; count++) connection.sendStream(['x']).catch(() => undefined);
      expect(told).toBe(spell);
      while (connection.bufferedBytes > 0) {
        far.read();
        await turn();
      }
    }
    expect(connection.state).toBe('open');
    far.destroy();
  });

  test('signal: maxRetainedBytes ends it', async () => {
    const rig = await start({ ...LIMITS, onSlow: 'signal', maxRetainedBytes: 1_000_000 });
    const [, connection] = await openPair(rig);
    for (let count = 0; count < 1000; count++) connection.sendStream(['x']).catch(() => undefined);
    expect(connection.state).not.toBe('open');
    expect(rig.server.metrics().decisions.overBudget).toBe(1);
  });
});

describe('a client that reads is not slow, whatever one turn sends', () => {
  const COUNT = 1000;
  const PAYLOAD = 'x'.repeat(1990);

  test.each(SLOW_POLICIES)('%s', async (onSlow) => {
    const rig = await start({ ...LIMITS, onSlow });
    const [wire, connection] = await rig.open();
    for (let index = 0; index < COUNT; index++) connection.send(`${PAYLOAD}${index}`, { key: `${index}` });
    const stream = connection.sendStream([`${PAYLOAD}${COUNT}`]);
    for (let index = 0; index <= COUNT; index++) {
      expect((await wire.frame()).payload.toString('latin1', PAYLOAD.length)).toBe(`${index}`);
    }
    await stream;
    expect(rig.server.metrics().decisions).toMatchObject({ slow: 0, drop: 0 });
  });

  test.each(SLOW_POLICIES)('%s: nor for a Ping, or what a handler answers', async (onSlow) => {
    const rig = await start({ ...LIMITS, onSlow });
    const [wire, connection] = await rig.open();
    let ping: Promise<number> | undefined;
    connection.on('message', () => {
      for (let index = 0; index < COUNT; index++) connection.send(`${PAYLOAD}${index}`);
      ping = connection.ping('p');
    });
    wire.text('all of it');
    const texts: string[] = [];
    // The Ping goes before what the policy may still drop, and behind the rest.
    for (let frames = 0; frames <= COUNT; frames++) {
      const { opcode, payload } = await wire.frame();
      if (opcode === Opcode.ping) wire.send(Opcode.pong, payload);
      else texts.push(payload.toString('latin1', PAYLOAD.length));
    }
    expect(texts).toEqual(Array.from({ length: COUNT }, (_, index) => `${index}`));
    await ping;
    expect(rig.server.metrics().decisions).toMatchObject({ slow: 0, drop: 0 });
  });

  test('broadcasts to many', async () => {
    const rig = await start();
    const wires = await Promise.all(Array.from({ length: 10 }, async () => (await rig.open())[0]));
    for (let round = 0; round < 20; round++) {
      expect(rig.server.broadcast(Buffer.alloc(60_000, round))).toMatchObject({ sent: 10, dropped: 0 });
    }
    for (const wire of wires) {
      for (let round = 0; round < 20; round++) expect((await wire.frame()).payload.at(-1)).toBe(round);
    }
    expect(rig.server.clients.size).toBe(10);
  });
});

test('drop-newest: what comes at the limit is dropped, and counted', async () => {
  const rig = await start({ ...LIMITS, onSlow: 'drop-newest' });
  const [, connection] = await openPair(rig);
  expect(new Set(Array.from({ length: 300 }, () => connection.offer(KIB)))).toEqual(
    new Set(['sent', 'queued', 'dropped']),
  );
  expect(connection.bufferedBytes).toBeLessThanOrEqual(LIMITS.maxBufferedBytes + 2 * KIB.length);
  expect(connection.send('x')).toBe(false);
  expect(rig.server.broadcast('x').dropped).toBe(1);
  const { decisions } = rig.server.metrics();
  expect(decisions.slow).toBe(1);
  expect(decisions.drop).toBeGreaterThan(40);
});

test('drop-oldest: the newest arrive, in order, behind what the socket had', async () => {
  const rig = await start({ ...LIMITS, onSlow: 'drop-oldest' });
  const [wire, connection] = await rig.open();
  // Some of it the kernel takes at once.
  const COUNT = 40_000;
  for (let index = 0; index < COUNT; index++) connection.send(Buffer.alloc(1024, String(index).padStart(8, '0')));
  expect(connection.bufferedBytes).toBeLessThanOrEqual(LIMITS.maxBufferedBytes + 2 * KIB.length);
  const { drop } = rig.server.metrics().decisions;
  expect(drop).toBeGreaterThan(700);
  const numbers: number[] = [];
  while (numbers.at(-1) !== COUNT - 1) numbers.push(Number((await wire.frame()).payload.toString('latin1', 0, 8)));
  expect(numbers).toHaveLength(COUNT - drop);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(numbers.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, index) => index));
});

test('keep-latest: one message per key waits, in the place of the first', async () => {
  const rig = await start({ ...LIMITS, onSlow: 'keep-latest' });
  const [wire, connection] = await rig.open();
  while (connection.send(KIB));
  for (let round = 0; round < 500; round++) {
    for (const key of ['a', 'b']) rig.server.broadcast(`${key}${round}`, { key });
  }
  const closed = connection.close();
  const texts: string[] = [];
  while (texts.length < 2) {
    const { payload } = await wire.frame();
    if (payload.length < 10) texts.push(payload.toString());
  }
  expect(texts).toEqual(['a499', 'b499']);
  expect(rig.server.metrics().decisions.drop).toBe(998);
  wire.socket.destroy();
  await closed;
});

test('keep-latest: the newest of a key is kept, though it waits in the oldest place and others must go for it', async () => {
  const rig = await start({ ...LIMITS, onSlow: 'keep-latest' });
  const [wire, connection] = await rig.open();
  wire.socket.pause();
  do {
    while (connection.send(KIB));
    await turn();
  } while (connection.bufferedBytes === 0);
  const large = Buffer.alloc(2 * LIMITS.maxBufferedBytes, 'b');
  expect(connection.offer('old', { key: 'a' })).toBe('queued');
  expect(connection.offer(large, { key: 'b' })).toBe('queued');
  expect(connection.offer('new', { key: 'a' })).toBe('queued');
  expect(rig.server.metrics().decisions.drop).toBe(2);
  const closed = connection.close();
  wire.socket.resume();
  const others: string[] = [];
  while (others.length === 0) {
    const { payload } = await wire.frame();
    if (payload.length !== KIB.length) others.push(payload.toString('latin1', 0, 5));
  }
  expect(others).toEqual(['new']);
  wire.socket.destroy();
  await closed;
});

test.each(['drop-oldest', 'keep-latest'] as const)('%s: a pile of empty messages is bounded too', async (onSlow) => {
  const rig = await start({ ...LIMITS, onSlow });
  const [, connection] = await openPair(rig);
  while (connection.send(LARGE));
  for (let index = 0; index < 10_000; index++) connection.send('', { key: String(index) });
  expect(rig.server.metrics().decisions.drop).toBeGreaterThan(7000);
  expect(connection.bufferedBytes).toBeLessThan(LIMITS.maxBufferedBytes + LARGE.length);
});

test.each(['drop-oldest', 'keep-latest', 'drop-newest'] as const)(
  '%s: streams, and calls that throw, move no pile to where it cannot be dropped',
  async (onSlow) => {
    const rig = await start({ ...LIMITS, onSlow });
    const [, connection] = await openPair(rig);
    const outcomes = new Map<unknown, number>();
    for (let round = 0; round < 60; round++) {
      for (let index = 0; index < 10; index++) connection.send(LARGE);
      expect(() => connection.close(9999)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }));
      expect(() => connection.sendStream(42 as never)).toThrow(
        expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }),
      );
      connection.sendStream(['x']).catch((error: unknown) => {
        const { code } = error as { code: string };
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      });
      await turn();
    }
    expect(connection.bufferedBytes).toBeLessThan(LIMITS.maxBufferedBytes + 3 * LARGE.length);
    expect(outcomes.get('ERR_SOKKER_TOO_SLOW')).toBeGreaterThan(30);
    expect(connection.state).toBe('open');
  },
);

describe('Pings are bounded as messages are', () => {
  const PINGS = 10_000;
  const DATA = 'x'.repeat(100);

  async function outcomes(connection: ServerConnection): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    const pings = Array.from({ length: PINGS }, () =>
      connection.ping(DATA).catch((error: unknown) => {
        const { code } = error as { code: string };
        counts[code] = (counts[code] ?? 0) + 1;
      }),
    );
    const { retainedBytes } = connection;
    expect(connection.state).toBe('open');
    connection.terminate();
    await Promise.all(pings);
    return { ...counts, retainedBytes };
  }

  test.each(['drop-newest', 'drop-oldest', 'keep-latest'] as const)('%s: rejected at the limit', async (onSlow) => {
    const rig = await start({ ...LIMITS, onSlow });
    const [, connection] = await openPair(rig);
    const told: unknown[] = [];
    rig.server.on('slow', (report) => told.push(report));
    const { ERR_SOKKER_TOO_SLOW: rejected, retainedBytes } = await outcomes(connection);
    expect(rejected).toBeGreaterThan(PINGS - LIMITS.maxBufferedBytes / (2 * DATA.length));
    expect(retainedBytes).toBeLessThan(LIMITS.maxBufferedBytes + 1024);
    expect(told).toEqual([{ bufferedBytes: expect.any(Number) as number, policy: onSlow }]);
    expect(connection.retainedBytes).toBe(0);
  });

  test('signal: sent all the same, and maxRetainedBytes ends it', async () => {
    const rig = await start({ ...LIMITS, onSlow: 'signal', maxRetainedBytes: 5_000_000 });
    const [, connection] = await openPair(rig);
    expect(await outcomes(connection)).toEqual({
      ERR_SOKKER_CLOSED: PINGS,
      retainedBytes: expect.any(Number) as number,
    });
    expect(rig.server.metrics().decisions).toMatchObject({ slow: 1, overBudget: 0 });
    const [, other] = await openPair(rig);
    for (let count = 0; count < 2 * PINGS; count++) other.ping(DATA).catch(() => undefined);
    expect(other.state).not.toBe('open');
    expect(rig.server.metrics().decisions.overBudget).toBe(1);
  });

  test('those count too that the peer read and did not answer', async () => {
    const rig = await start({ ...LIMITS, onSlow: 'drop-newest' });
    const [far, connection] = await openPair(rig);
    far.resume();
    let rejected = 0;
    for (let count = 0; count < PINGS; count++) {
      connection.ping().catch(() => rejected++);
      if (count % 100 === 0) await turn();
    }
    await turnsUntil(() => connection.bufferedBytes === 0);
    expect(PINGS - rejected).toBe(Math.ceil(LIMITS.maxBufferedBytes / (128 + 4)));
    expect(connection.offer('still has room')).toBe('sent');
  });

  test('what is no payload throws, whatever waits', async () => {
    const rig = await start({ ...LIMITS, onSlow: 'drop-newest' });
    const [, connection] = await openPair(rig);
    while (connection.offer(LARGE) !== 'dropped');
    expect(() => connection.ping(42 as never)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }));
    await expect(connection.ping()).rejects.toMatchObject({ code: 'ERR_SOKKER_TOO_SLOW' });
  });
});

test('after it has recovered a connection has everything again', async () => {
  const rig = await start({ ...LIMITS, onSlow: 'drop-oldest' });
  const [wire, connection] = await rig.open();
  for (let burst = 0; burst < 3; burst++) {
    for (let index = 0; index < 1000; index++) connection.send(KIB);
    connection.send(`end of ${burst}`);
    for (;;) {
      const { payload } = await wire.frame();
      if (payload.toString() === `end of ${burst}`) break;
    }
    await turnsUntil(() => connection.bufferedBytes === 0);
    expect(connection.offer('x')).toBe('sent');
  }
});

test.each(['drop-oldest', 'keep-latest'] as const)(
  '%s: what waits goes on its way whatever listeners the application removes',
  async (onSlow) => {
    const rig = await start({ ...LIMITS, onSlow });
    const [far, connection] = await openPair(rig);
    while (connection.send(LARGE));
    expect(connection.offer('last')).toBe('queued');
    connection.removeAllListeners();
    const read: Buffer[] = [];
    while (connection.bufferedBytes > 0) {
      read.push((far.read() as Buffer | null) ?? Buffer.alloc(0));
      await turn();
    }
    expect(connection.offer('room')).toBe('sent');
    expect(Buffer.concat(read).includes('last')).toBe(true);
    far.destroy();
  },
);

test('of a connection that has ended nothing waits, and nothing is counted that it is given then', async () => {
  const rig = await start({ ...LIMITS, onSlow: 'drop-oldest' });
  const [, connection] = await openPair(rig);
  for (let index = 0; index < 1000; index++) connection.send(KIB);
  expect(rig.server.metrics().retainedBytes).toBeGreaterThan(LIMITS.maxBufferedBytes / 2);
  connection.terminate();
  await connection.closed;
  expect([connection.bufferedBytes, connection.offer(KIB)]).toEqual([0, 'dropped']);
  expect(rig.server.metrics().retainedBytes).toBe(0);
});

test.each(['drop-newest', 'drop-oldest', 'keep-latest'] as const)(
  '%s: takes every option of send, and looks at each',
  async (onSlow) => {
    const rig = await start({ ...LIMITS, onSlow });
    const [, connection] = await openPair(rig);
    const options = { type: 'text', compress: false, key: 'k' } as const;
    fill(
      () => connection.send(LARGE, options),
      () => connection.bufferedBytes >= LIMITS.maxBufferedBytes,
    );
    expect(connection.offer(LARGE, options)).not.toBe('sent');
    expect(connection.state).toBe('open');
    const wrong = { code: 'ERR_SOKKER_ARGUMENT' };
    expect(() => connection.offer(LARGE, { compress: 1 as never })).toThrow(expect.objectContaining(wrong));
    expect(() => connection.offer(LARGE, null as never)).toThrow(expect.objectContaining(wrong));
  },
);

test.each(SLOW_POLICIES)('%s: a key that is no string is refused, slow or not', async (onSlow) => {
  const rig = await start({ ...LIMITS, onSlow });
  const [, connection] = await openPair(rig);
  const wrong = { name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT', message: 'the key of a message is a string, not 1' };
  const offer = (): unknown => connection.offer('x', { key: 1 as never });
  expect(offer).toThrow(expect.objectContaining(wrong));
  expect(connection.vitals().messagesSent).toBe(0);
  for (let sent = 0; sent < LIMITS.maxBufferedBytes; sent += LARGE.length) connection.send(LARGE);
  expect(offer).toThrow(expect.objectContaining(wrong));
  expect(connection.state).toBe('open');
});
