/** Waits that a signal ends: `writable`, `ping` and streams. */
import { getEventListeners } from 'node:events';
import { onceAborted } from '../src/aborts.js';
import type { Connection } from '../src/index.js';
import { rejection, scene, settled } from './scene.js';

const REASON = new Error('why');

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

test('however many wait for a signal, it has one listener, and none when nobody waits', () => {
  const control = new AbortController();
  const { signal } = control;
  const called: number[] = [];
  const stops = Array.from({ length: 30 }, (_, i) => onceAborted(signal, () => called.push(i)));
  expect(listeners(signal)).toBe(1);
  for (const stop of stops) stop();
  expect(listeners(signal)).toBe(0);
  const again = [7, 8, 9].map((i) => onceAborted(signal, () => called.push(i)));
  for (const stop of stops) stop();
  again[1]?.();
  expect(listeners(signal)).toBe(1);
  control.abort(REASON);
  for (const stop of again) stop();
  expect([called, listeners(signal)]).toEqual([[7, 9], 0]);
});

/** One that has no room. */
function full(): Connection {
  const { connection } = scene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 1 });
  connection.send('full');
  return connection;
}

const WAITS: [string, (connection: Connection, signal: AbortSignal) => Promise<unknown>][] = [
  ['writable', (connection, signal) => connection.writable({ signal })],
  ['ping', (connection, signal) => connection.ping('p', { signal })],
  ['sendStream', (connection, signal) => connection.sendStream(['x'], { signal })],
];

describe.each(WAITS)('%s', (_, wait) => {
  test('rejects with the reason of a signal that aborts, and of one that has', async () => {
    const connection = full();
    const control = new AbortController();
    const waits = Array.from({ length: 20 }, () => rejection(wait(connection, control.signal)));
    await settled();
    expect(listeners(control.signal)).toBe(1);
    control.abort(REASON);
    expect(new Set(await Promise.all(waits))).toEqual(new Set([REASON]));
    expect(await rejection(wait(connection, control.signal))).toBe(REASON);
    expect(listeners(control.signal)).toBe(0);
    connection.terminate();
  });

  test('leaves no listener behind where the connection ends first', async () => {
    const connection = full();
    const { signal } = new AbortController();
    const waits = Array.from({ length: 20 }, () => rejection(wait(connection, signal)));
    await settled();
    connection.terminate();
    await Promise.all(waits);
    await settled();
    expect(listeners(signal)).toBe(0);
  });
});

test.each(['writable', 'ping'] as const)(
  '%s leaves no listener behind when it has what it waited for',
  async (name) => {
    const it = scene();
    it.connection.on('pong', () => undefined);
    const { signal } = new AbortController();
    const wait = name === 'ping' ? it.connection.ping('p', { signal }) : it.connection.writable({ signal });
    if (name === 'ping') it.far.write(it.wire(10, 'p'));
    await wait;
    await settled();
    expect(listeners(signal)).toBe(0);
    it.connection.terminate();
  },
);

test('a Ping that was given up counts until its Pong has come; one that is never sent does not', async () => {
  const it = scene();
  const control = new AbortController();
  const ping = rejection(it.connection.ping('p', { signal: control.signal }));
  control.abort(REASON);
  expect(await ping).toBe(REASON);
  expect(await rejection(it.connection.ping('q', { signal: control.signal }))).toBe(REASON);
  await settled();
  expect([it.sent(), it.connection.pingBytes]).toEqual([['ping p'], 129]);
  it.far.write(it.wire(10, 'p'));
  await settled();
  expect(it.connection.pingBytes).toBe(0);
  it.connection.terminate();
});

test('who gave up waiting for room is forgotten: the others have it', async () => {
  const it = scene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 1 });
  it.connection.send('full');
  const control = new AbortController();
  const given = rejection(it.connection.writable({ signal: control.signal }));
  const kept = it.connection.writable();
  control.abort(REASON);
  expect(await given).toBe(REASON);
  it.read();
  await kept;
  it.connection.terminate();
});

test.each([{ signl: 1 }, { signal: 'now' }, 42])('other options are refused: %j', (options) => {
  const { connection } = scene();
  const wrong = expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }) as Error;
  expect(() => connection.writable(options as never)).toThrow(wrong);
  expect(() => connection.ping('p', options as never)).toThrow(wrong);
  connection.terminate();
});
