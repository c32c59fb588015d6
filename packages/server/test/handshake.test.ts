import type { UpgradeFunction } from '@sokker/server';
import { pair } from '@sokker/testkit';
import { once, EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type Rig, rigs, turnsUntil } from './rig.js';
import { request, Wire } from './wire.js';

const start = rigs();

const HEADERS = { Host: 'a', Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
const HEAD = { method: 'GET', url: '/', httpVersion: '1.1' };
const REQUEST = {
  ...HEAD,
  rawHeaders: Object.entries({ ...HEADERS, 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }).flat(),
} as unknown as IncomingMessage;

/** Waits until nobody waits any more. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

const HEEDING: readonly [string, UpgradeFunction<unknown>][] = [
  ['throws the reason', (_, signal) => aborted(signal).then(() => signal.throwIfAborted()) as Promise<undefined>],
  ['has a function of Node.js reject', (_, signal) => once(new EventEmitter(), 'never', { signal }) as never],
];

/** An upgrade function, and how far it is. */
function watched(upgrade: UpgradeFunction<unknown>): { state: string; upgrade: UpgradeFunction<unknown> } {
  const watch = {
    state: 'not asked',
    upgrade: async (...asked: Parameters<UpgradeFunction<unknown>>) => {
      watch.state = 'asked';
      try {
        return await upgrade(...asked);
      } finally {
        watch.state = 'settled';
      }
    },
  };
  return watch;
}

describe('an upgrade function that gives up when nobody waits any more has not failed', () => {
  test.each(HEEDING)('%s', async (_, upgrade) => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
    const watch = watched(upgrade);
    const rig = await start({ upgrade: watch.upgrade });
    const wire = new Wire(rig.port);
    wire.write(request());
    await turnsUntil(() => watch.state === 'asked');
    rig.clock.advance(10_000);
    expect((await wire.response()).status).toBe(504);
    await turnsUntil(() => watch.state === 'settled');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rig.server.metrics()).toMatchObject({ handshakes: 0, errors: {}, decisions: { error: 0 } });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test.each<[string, UpgradeFunction<unknown>]>([
    ['another error after the end', (_, signal) => aborted(signal).then(() => Promise.reject(new Error('boom')))],
    ['an abort of its own before', () => Promise.reject(new DOMException('mine', 'AbortError'))],
  ])('%s is one of the application', async (_, upgrade) => {
    const watch = watched(upgrade);
    const rig = await start({ upgrade: watch.upgrade });
    const failed = new Promise((resolve) => rig.server.on('error', resolve));
    const wire = new Wire(rig.port);
    wire.write(request());
    await turnsUntil(() => watch.state !== 'not asked');
    rig.clock.advance(10_000);
    expect(await failed).toHaveProperty('message');
    expect(rig.server.metrics().decisions.error).toBe(1);
  });
});

describe('a socket that brings no byte at all is no request', () => {
  test.each<[string, (socket: Socket) => unknown]>([
    ['ended, as the probe of a balancer is', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ])('%s: it is let go, and nothing is counted', async (_, end) => {
    const rig = await start({ maxConnections: 1 });
    const { socket } = new Wire(rig.port);
    await turnsUntil(() => rig.server.metrics().handshakes === 1);
    end(socket);
    await turnsUntil(() => rig.server.metrics().handshakes === 0 && socket.closed);
    expect([socket.bytesRead, rig.server.metrics().refusals]).toEqual([0, {}]);
    expect(rig.clock.pending).toBe(0);
  });

  test('one that ends within its head is refused', async () => {
    const rig = await start();
    const wire = new Wire(rig.port);
    wire.socket.end('G');
    expect((await wire.response()).status).toBe(400);
    expect(rig.server.metrics().refusals).toEqual({ ERR_SOKKER_HEAD_TRUNCATED: 1 });
  });
});

test('a handshake that an origin function has ended by closing the server goes no further', async () => {
  const upgrade = jest.fn();
  const origin = (): boolean => {
    void rig.server.close();
    return true;
  };
  const rig: Rig = await start({ origin, upgrade });
  const wire = new Wire(rig.port);
  wire.write(request());
  expect((await wire.response()).status).toBe(503);
  await wire.closed();
  expect(upgrade).not.toHaveBeenCalled();
  expect(rig.server.metrics()).toMatchObject({ handshakes: 0, refusals: { ERR_SOKKER_SERVER_CLOSING: 1 } });
});

const boom = new Error('boom');

function throwing(): Duplex {
  return new Duplex({
    read() {},
    write() {
      throw boom;
    },
  });
}

test('a stream that throws when it is written to gives its place back, and is destroyed', async () => {
  const rig = await start({ maxConnections: 1 });
  const failed = new Promise((resolve) => rig.server.on('error', resolve));
  const broken = throwing();
  expect(await rig.server.handleUpgrade(REQUEST, broken, Buffer.alloc(0))).toBeUndefined();
  expect(await failed).toBe(boom);
  expect([broken.destroyed, rig.server.clients.size]).toEqual([true, 0]);
  expect(await rig.server.handleUpgrade(REQUEST, pair()[0], Buffer.alloc(0))).toBeDefined();
});

test('who pauses a connection as it opens reads nothing more', async () => {
  const rig = await start();
  const read: unknown[] = [];
  rig.server.on('connection', (connection) => connection.pause());
  rig.server.on('message', (message) => read.push(message));
  const wire = new Wire(rig.port);
  wire.write(request());
  await wire.response();
  const [connection] = rig.server.clients;
  wire.text('hello');
  wire.socket.end();
  await once(wire.socket, 'finish');
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect([read, connection!.vitals().bytesReceived, connection!.state]).toEqual([[], 0, 'open']);
  connection!.resume();
  await turnsUntil(() => connection!.state === 'closed');
  expect(read).toHaveLength(1);
});

test('what a refused peer goes on to send is bounded', async () => {
  const rig = await start({ origin: ['https://a.example'] });
  const socket = connect({ port: rig.port, host: '127.0.0.1', allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
  socket.write(request(['Origin: https://b.example']));
  expect(String((await once(socket, 'data'))[0])).toContain('403');
  // The clock stands still: nothing but the bound ends it.
  const chunk = Buffer.alloc(64 * 1024);
  const more = (): unknown => socket.writable && socket.write(chunk, more);
  more();
  await closed;
  expect(socket.bytesWritten).toBeLessThan(16 * 1024 * 1024);
});

test('a stream that throws when a refusal is written to it is destroyed, and whoever handed it in is told', async () => {
  const rig = await start();
  const failed = new Promise((resolve) => rig.server.on('error', resolve));
  const broken = throwing();
  const refused = { ...HEAD, rawHeaders: [] } as unknown as IncomingMessage;
  expect(await rig.server.handleUpgrade(refused, broken, Buffer.alloc(0))).toBeUndefined();
  expect(await failed).toBe(boom);
  expect([broken.destroyed, rig.server.metrics().handshakes]).toEqual([true, 0]);
  expect(rig.server.metrics().refusals).toEqual({ ERR_SOKKER_HOST: 1 });
});

test.each<[string, UpgradeFunction<unknown> | undefined]>([
  ['nobody is asked', undefined],
  ['the application is asked', () => Promise.resolve(undefined)],
])('a socket that had closed before it was handed over: no connection, at once, where %s', async (_, upgrade) => {
  const { server } = await start({ upgrade });
  const [near] = pair();
  near.destroy();
  await once(near, 'close');
  expect(await server.handleUpgrade(REQUEST, near, Buffer.alloc(0))).toBeUndefined();
  expect(server.metrics()).toMatchObject({ handshakes: 0, connections: 0, refusals: {} });
});
