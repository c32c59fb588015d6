import { Opcode, parseClose } from '@sokker/frame';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ManualClock } from '@sokker/testkit';
import { Drain } from '../src/drain.js';
import type { ServerConnection } from '../src/server-connection.js';
import { type Rig, rigs, turnsUntil } from './rig.js';
import { header, Wire } from './wire.js';

const start = rigs();

/** Lets the clock run until something has happened. */
async function runUntil(rig: Rig, isSo: () => boolean, stepMs = 20): Promise<void> {
  while (!isSo()) {
    rig.clock.advance(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function answerClose(wire: Wire): Promise<number> {
  return wire
    .until(() => wire.frames.find(({ opcode }) => opcode === Opcode.close))
    .then(({ payload }) => {
      wire.send(Opcode.close, payload);
      return parseClose(payload).code;
    });
}

test('clients are told one after the other over the window, and end clean', async () => {
  const rig = await start();
  const wires = [];
  for (let count = 0; count < 10; count++) wires.push((await rig.open())[0]);
  const codes: number[] = [];
  for (const wire of wires) void answerClose(wire).then((code) => codes.push(code));
  const published: unknown[] = [];
  const onDrain = (message: unknown, name: unknown): unknown => published.push([name, message]);
  subscribe('sokker:server:drain', onDrain);
  subscribe('sokker:server:drained', onDrain);
  let isOver = false;
  const drained = rig.server.drain({ spreadMs: 1000, code: 1012 }).finally(() => (isOver = true));
  await turnsUntil(() => codes.length === 1);
  rig.clock.advance(300);
  await turnsUntil(() => codes.length === 4);
  expect(rig.server.clients.size).toBeGreaterThan(5);
  await runUntil(rig, () => isOver);
  unsubscribe('sokker:server:drain', onDrain);
  unsubscribe('sokker:server:drained', onDrain);
  const report = await drained;
  expect(report).toMatchObject({ connections: 10, clean: 10, forced: 0, lost: 0 });
  expect(report.elapsedMs).toBeGreaterThanOrEqual(900);
  expect(new Set(codes)).toEqual(new Set([1012]));
  expect(published).toEqual([
    ['sokker:server:drain', { server: rig.server, connections: 10 }],
    ['sokker:server:drained', { server: rig.server, report }],
  ]);
  expect(rig.server.metrics().decisions).toMatchObject({ drain: 1, drained: 1 });
  expect(rig.clock.pending).toBe(0);
});

test.each([1, 7, 49, 50, 51, 99, 101, 1234])('%i clients are told evenly over the whole window', async (count) => {
  const clock = new ManualClock();
  const toldAt: number[] = [];
  const connections = Array.from({ length: count }, () => {
    let end: (record: unknown) => void = () => undefined;
    const closed = new Promise((resolve) => (end = resolve));
    const close = (): void => {
      toldAt.push(clock.now());
      end({ clean: true });
    };
    // Told in the same moment, not a tick later.
    const writable = () => ({ then: (resolve: () => void) => resolve() });
    return { closed, close, writable } as unknown as ServerConnection;
  });
  const beganAt = clock.now();
  const settings = { spreadMs: 1000, deadlineMs: 5000, code: undefined, reason: undefined };
  const drained = new Drain(connections, settings, clock).run();
  for (let elapsed = 0; elapsed < 1000; elapsed++) {
    const share = (count * elapsed) / 1000;
    const mostAtOnce = Math.ceil(count / 50);
    expect(toldAt.length).toBeGreaterThanOrEqual(Math.floor(share));
    expect(toldAt.length).toBeLessThanOrEqual(Math.ceil(share) + mostAtOnce);
    clock.advance(1);
  }
  expect(toldAt).toHaveLength(count);
  expect(Math.max(...toldAt) - beganAt).toBe(Math.round(1000 - 1000 / Math.min(count, 50)));
  expect(await drained).toMatchObject({ connections: count, clean: count });
});

test('who does not answer is cut at the deadline; who is lost is counted', async () => {
  const rig = await start({ closeTimeoutMs: 100_000 });
  await rig.open();
  const [gone] = await rig.open();
  let report: unknown;
  void rig.server.drain({ spreadMs: 0, deadlineMs: 1000 }).then((given) => (report = given));
  await gone.frame();
  gone.socket.resetAndDestroy();
  await turnsUntil(() => rig.server.clients.size === 1);
  rig.clock.advance(999);
  expect(rig.server.clients.size).toBe(1);
  rig.clock.advance(1);
  await turnsUntil(() => report !== undefined);
  expect(report).toMatchObject({ connections: 2, clean: 0, forced: 1, lost: 1, elapsedMs: 1000 });
});

test('messages in flight arrive before the Close', async () => {
  const rig = await start();
  const [wire, connection] = await rig.open();
  const block = Buffer.alloc(64 * 1024, 'a');
  let sent = 0;
  for (; connection.bufferedBytes < 500_000; sent++) connection.send(block);
  const drained = rig.server.drain({ spreadMs: 0, reason: 'é'.repeat(61) });
  expect(await answerClose(wire)).toBe(1001);
  expect(parseClose(wire.frames.at(-1)!.payload).reason).toBe('é'.repeat(61));
  expect(wire.frames.filter(({ opcode }) => opcode === Opcode.binary)).toHaveLength(sent);
  expect(await drained).toMatchObject({ clean: 1 });
});

test('newcomers get 503 with Retry-After from a listener that is not ours, nobody from ours', async () => {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const rig = await start();
  rig.server.attach(http);
  const [wire] = await rig.open();
  const drained = rig.server.drain({ spreadMs: 7000 });
  const late = await Wire.open((http.address() as AddressInfo).port);
  expect((await late.response()).status).toBe(503);
  expect(header(await late.response(), 'retry-after')).toBe('7');
  await expect(Wire.open(rig.port)).rejects.toThrow();
  await answerClose(wire);
  await drained;
  expect(http.listenerCount('upgrade')).toBe(0);
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

test('a wrong option throws', async () => {
  const rig = await start();
  await expect(rig.server.drain({ code: 1006 })).rejects.toMatchObject({ code: 'ERR_SOKKER_OPTION' });
  await expect(rig.server.drain({ reason: 'é'.repeat(62) })).rejects.toMatchObject({ code: 'ERR_SOKKER_OPTION' });
  await expect(rig.server.drain({ deadlineMs: 0 })).rejects.toMatchObject({ code: 'ERR_SOKKER_OPTION' });
  await expect(rig.server.drain({ deadlineMs: 10, spreadMs: 10 })).rejects.toMatchObject({
    code: 'ERR_SOKKER_OPTION',
    message: 'drain: spreadMs (10) must be below deadlineMs (10)',
  });
});

test('a short deadline shortens the window: everyone is told before anyone is cut', async () => {
  const rig = await start({ closeTimeoutMs: 100_000 });
  const wires = await Promise.all(Array.from({ length: 4 }, async () => (await rig.open())[0]));
  const drained = rig.server.drain({ deadlineMs: 1000 });
  rig.clock.advance(500);
  for (const wire of wires) expect(await answerClose(wire)).toBe(1001);
  expect(await drained).toMatchObject({ clean: 4, forced: 0 });
});

describe('what takes longer than closeTimeoutMs', () => {
  const CLOSE_MS = 1000;

  test('a stream goes on while the server drains', async () => {
    const rig = await start({ closeTimeoutMs: CLOSE_MS });
    const [wire, connection] = await rig.open();
    let next = (): void => undefined;
    const sent = connection.sendStream(
      (async function* () {
        for (let piece = 0; piece < 5; piece++) {
          yield `${piece}`;
          await new Promise<void>((resolve) => (next = resolve));
        }
      })(),
    );
    const drained = rig.server.drain({ spreadMs: 0, deadlineMs: 60_000 });
    for (let piece = 0; piece < 5; piece++) {
      expect((await wire.frame()).payload.toString()).toBe(`${piece}`);
      rig.clock.advance(CLOSE_MS - 1);
      next();
    }
    await sent;
    expect(await wire.frame()).toMatchObject({ fin: true, opcode: Opcode.continuation });
    expect(await wire.frame()).toMatchObject({ opcode: Opcode.close });
    wire.send(Opcode.close, Buffer.of(3, 232));
    expect(await drained).toMatchObject({ connections: 1, clean: 1 });
  });

  test('is cut by `close`, however much of it leaves', async () => {
    const rig = await start({ closeTimeoutMs: CLOSE_MS, maxBufferedBytes: Infinity });
    const [wire, connection] = await rig.open();
    wire.socket.pause();
    connection.send(Buffer.alloc(32 * 1024 * 1024));
    const closed = rig.server.close();
    await new Promise((resolve) => setImmediate(resolve));
    rig.clock.advance(CLOSE_MS - 1);
    const waiting = connection.bufferedBytes;
    wire.socket.resume();
    await turnsUntil(() => connection.bufferedBytes < waiting);
    wire.socket.pause();
    rig.clock.advance(1);
    await closed;
    expect(await connection.closed).toMatchObject({ code: 1006, by: 'us', phase: 'closing' });
  });

  test('a Close that nobody answers says so', async () => {
    const rig = await start({ closeTimeoutMs: CLOSE_MS });
    const [wire, connection] = await rig.open();
    const closed = rig.server.close();
    await wire.frame();
    rig.clock.advance(CLOSE_MS);
    await closed;
    expect(await connection.closed).toMatchObject({ code: 1006, error: { code: 'ERR_SOKKER_CLOSE_TIMEOUT' } });
    expect(rig.clock.pending).toBe(0);
  });
});

test('when all have gone before the window is over, nothing of it is left', async () => {
  const rig = await start();
  const wires = [(await rig.open())[0], (await rig.open())[0]];
  const drained = rig.server.drain({ spreadMs: 1000 });
  for (const wire of wires) wire.socket.destroy();
  expect(await drained).toMatchObject({ connections: 2 });
  await turnsUntil(() => rig.server.clients.size === 0);
  expect(rig.clock.pending).toBe(0);
});
