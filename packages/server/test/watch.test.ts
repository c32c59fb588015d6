import { Opcode, parseClose } from '@sokker/frame';
import type { ServerConnection } from '@sokker/server';
import { PassThrough } from 'node:stream';
import { next, openPair, type Rig, rigs, turnsUntil } from './rig.js';
import type { Wire } from './wire.js';

const start = rigs();

/** Lets time pass in steps, and what was sent in each arrive. */
async function pass(rig: Rig, ms: number, eachStep: () => unknown = () => undefined): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    rig.clock.advance(250);
    await eachStep();
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Says a word, and waits until it is there. */
async function say(wire: Wire, connection: ServerConnection): Promise<void> {
  const { bytesReceived } = connection.vitals();
  wire.text('x');
  await turnsUntil(() => connection.vitals().bytesReceived > bytesReceived);
}

function answerPings(wire: Wire): void {
  for (const frame of wire.frames.splice(0)) if (frame.opcode === Opcode.ping) wire.send(Opcode.pong, frame.payload);
}

describe('heartbeat', () => {
  test('a peer that answers lives on, and its latency is known', async () => {
    const rig = await start({});
    const [wire, connection] = await rig.open();
    await pass(rig, 300_000, () => answerPings(wire));
    expect(connection.state).toBe('open');
    expect(connection.latencyMs).toBeGreaterThanOrEqual(0);
    const { histograms, decisions } = rig.server.metrics();
    // One Ping for every 30 s of 300 s, the first at most half an interval early.
    expect(histograms.pingMs.count).toBeGreaterThanOrEqual(9);
    expect(histograms.pingMs.count).toBeLessThanOrEqual(12);
    expect(decisions.unresponsive).toBe(0);
  });

  test('a silent peer is dead within twice the interval and a second', async () => {
    const rig = await start({});
    const [, connection] = await rig.open();
    const errors: unknown[] = [];
    rig.server.on('error', (error) => errors.push(error));
    const closed = next(rig.server, 'close');
    const before = rig.clock.now();
    while (connection.state === 'open') await pass(rig, 250);
    expect(rig.clock.now() - before).toBeLessThanOrEqual(61_000);
    expect(rig.clock.now() - before).toBeGreaterThan(30_000);
    expect(await closed).toEqual([expect.objectContaining({ code: 1006, by: 'us' }), connection]);
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_SOKKER_UNRESPONSIVE' })]);
    expect(rig.server.metrics().decisions.unresponsive).toBe(1);
  });

  test('a peer that talks but answers no Ping lives on, however long', async () => {
    const rig = await start({ pingIntervalMs: 1000, maxBufferedBytes: 10 * 1024 });
    const [wire, connection] = await rig.open();
    connection.discard();
    await pass(rig, 120_000, () => say(wire, connection));
    expect(connection.state).toBe('open');
    expect(wire.frames.filter(({ opcode }) => opcode === Opcode.ping).length).toBeGreaterThan(100);
    const closed = next(rig.server, 'close');
    await pass(rig, 3000);
    expect(await closed).toEqual([expect.objectContaining({ code: 1006, by: 'us' }), connection]);
  });

  test('any byte counts as life, a Pong or not', async () => {
    const rig = await start({});
    const [wire, connection] = await rig.open();
    connection.discard();
    let step = 0;
    await pass(rig, 200_000, () => {
      return ++step % 40 === 0 && say(wire, connection);
    });
    expect(connection.state).toBe('open');
  });

  test('no Ping is missed while we do not read', async () => {
    const rig = await start({});
    const [, connection] = await rig.open();
    connection.pause();
    await pass(rig, 200_000);
    expect(connection.state).toBe('open');
  });

  test('Infinity for everything keeps no timer', async () => {
    const rig = await start({ pingIntervalMs: Infinity, messageTimeoutMs: Infinity });
    await rig.open();
    expect(rig.clock.pending).toBe(0);
  });
});

describe('idle, old and stuck', () => {
  test.each<[string, object, string, number, string]>([
    ['idle', { idleTimeoutMs: 10_000, pingIntervalMs: Infinity }, 'idle', 1001, 'idle'],
    ['of age', { maxAgeMs: 10_000, pingIntervalMs: Infinity }, 'expire', 1001, 'maximum age'],
  ])('a connection that is %s is told', async (_, options, decision, code, reason) => {
    const rig = await start(options);
    const [wire] = await rig.open();
    await pass(rig, 16_000);
    const frame = await wire.frame();
    expect(parseClose(frame.payload)).toEqual({ code, reason });
    expect(rig.server.metrics().decisions).toMatchObject({ [decision]: 1 });
  });

  test('messages either way keep it from being idle', async () => {
    const rig = await start({ idleTimeoutMs: 10_000, pingIntervalMs: Infinity });
    const [wire, receiving] = await rig.open();
    receiving.discard();
    const [, sending] = await rig.open();
    await pass(rig, 30_000, () => {
      wire.text('x');
      sending.send('x');
    });
    expect([receiving.state, sending.state]).toEqual(['open', 'open']);
  });

  test('a message that is being sent as a stream keeps it from being idle', async () => {
    const rig = await start({ idleTimeoutMs: 10_000, pingIntervalMs: Infinity });
    const [, connection] = await rig.open();
    const source = new PassThrough();
    const sent = connection.sendStream(source);
    await pass(rig, 30_000, () => source.write('x'));
    expect(connection.state).toBe('open');
    source.end();
    await sent;
    await pass(rig, 16_000);
    expect(rig.server.metrics().decisions.idle).toBe(1);
  });

  test('half a message, then Pongs only: 1008', async () => {
    const rig = await start({ messageTimeoutMs: 10_000, pingIntervalMs: 4000 });
    const [wire, connection] = await rig.open();
    wire.write(Buffer.from('01810000000041', 'hex'));
    await turnsUntil(() => connection.vitals().receiving);
    const closed = next(rig.server, 'close');
    await pass(rig, 14_000, () => answerPings(wire));
    expect(await closed).toEqual([expect.objectContaining({ code: 1008, by: 'us' }), connection]);
    expect(rig.server.metrics().decisions.stall).toBe(1);
  });

  test('half a message, then so many Pongs that others must have their turn at every look: 1008', async () => {
    const rig = await start({ messageTimeoutMs: 10_000, pingIntervalMs: Infinity });
    const [far, connection, near] = await openPair(rig);
    const closed = next(rig.server, 'close');
    far.on('error', () => undefined).on('end', () => far.end());
    far.resume();
    far.write(Buffer.from('01810000000041', 'hex'));
    await turnsUntil(() => connection.vitals().receiving);
    const pongs = Buffer.alloc(256 * 6, Buffer.from('8a8000000000', 'hex'));
    let isYielding = false;
    connection.on('pong', () => {
      // Time passes once in each turn, when it has been used up.
      if (near.isPaused() && !isYielding) rig.clock.advance(250);
      isYielding = near.isPaused();
    });
    for (let passed = 0; passed < 20_000 && connection.state === 'open'; passed += 250) {
      far.write(pongs);
      await turnsUntil(() => far.writableLength === 0 && !near.isPaused());
    }
    expect(rig.server.metrics().decisions.stall).toBe(1);
    expect(await closed).toEqual([expect.objectContaining({ code: 1008, by: 'us' }), connection]);
  });
});

describe('to the tick', () => {
  const COUNT = 12;
  type Begin = (wire: Wire, connection: ServerConnection) => unknown;

  /** Opens connections one after the other, on no tick, and tells how long each goes on from `begin`. */
  async function durations(options: object, stepMs: number, begin: Begin = () => undefined): Promise<number[]> {
    const rig = await start(options);
    rig.clock.advance(240);
    const begun = new Map<ServerConnection, number>();
    const lasted: number[] = [];
    const step = (): void => {
      rig.clock.advance(stepMs);
      for (const [connection, since] of begun) {
        if (connection.state === 'open') continue;
        begun.delete(connection);
        lasted.push(rig.clock.now() - since);
      }
    };
    for (let count = 0; count < COUNT; count++) {
      const [wire, connection] = await rig.open();
      await begin(wire, connection);
      begun.set(connection, rig.clock.now());
      for (let steps = 0; steps < 7 + count; steps++) step();
    }
    while (begun.size > 0) step();
    return lasted;
  }

  test.each<[string, number, object, number]>([
    ['alone', 10_000, { pingIntervalMs: Infinity, messageTimeoutMs: Infinity }, 250],
    ['that is over just behind a tick', 10_020, { pingIntervalMs: Infinity, messageTimeoutMs: Infinity }, 250],
    ['beside Pings', 50_000, {}, 250],
    ['beside looks for a message that fall badly', 50_000, { messageTimeoutMs: 47_000 }, 250],
    ['that is short', 160, {}, 10],
  ])('an age, %s: nobody gets older, nor ends before nine tenths of it', async (_, maxAgeMs, options, tickMs) => {
    const stepMs = tickMs / 10;
    const ages = await durations({ ...options, maxAgeMs }, stepMs);
    expect(Math.max(...ages)).toBeLessThanOrEqual(maxAgeMs + tickMs + stepMs);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(maxAgeMs * 0.9 - 1);
  });

  test.each<[string, number, object, number]>([
    ['alone', 60_000, { pingIntervalMs: Infinity }, 250],
    ['beside Pings that fall badly', 60_000, { pingIntervalMs: 28_000, maxMissedPings: 1000 }, 250],
    ['that is short', 160, {}, 10],
  ])(
    'a message, %s: never less than its time, at most a quarter more',
    async (_, messageTimeoutMs, options, tickMs) => {
      const stepMs = tickMs / 10;
      const times = await durations({ ...options, messageTimeoutMs }, stepMs, async (wire, connection) => {
        wire.write(Buffer.from('01810000000041', 'hex'));
        await turnsUntil(() => connection.vitals().receiving);
      });
      // One tick until the message is seen, one until its time is over.
      expect(Math.max(...times)).toBeLessThanOrEqual(messageTimeoutMs * 1.25 + 2 * tickMs + stepMs);
      expect(Math.min(...times)).toBeGreaterThanOrEqual(messageTimeoutMs);
    },
  );
});
