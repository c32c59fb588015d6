import { connect, WebSocket } from '@sokker/client';
import type { Connection } from '@sokker/connection';
import { once } from 'node:events';
import { Heartbeat } from '../src/heartbeat.js';
import { TestClock } from './clock.js';
import { script, serve, switching, type TestServer } from './server.js';

const open: TestServer[] = [];
const keep = async (server: Promise<TestServer>): Promise<TestServer> => {
  open.push(await server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connection to a server that shakes hands, and hears nothing. */
async function toDeafServer(clock: TestClock, more: object = {}): Promise<Connection> {
  const { url } = await keep(script((accept) => switching(accept)));
  return connect(url, { clock, pingIntervalMs: 1000, ...more });
}

/** The interval passes; what was sent in it is written. */
async function beat(clock: TestClock): Promise<void> {
  clock.advance(1000);
  for (let index = 0; index < 20; index++) await turn();
}

describe('a server that is gone', () => {
  test('is given up after maxMissedPings, and no timer stays', async () => {
    const clock = new TestClock();
    const connection = await toDeafServer(clock);
    await beat(clock);
    await beat(clock);
    expect(connection.state).toBe('open');
    await beat(clock);
    expect(await connection.closed).toMatchObject({ code: 1006, error: { code: 'ERR_SOKKER_UNRESPONSIVE' } });
    expect(clock.pending).toBe(0);
  });

  test('brings the next connection', async () => {
    const clock = new TestClock();
    const { url } = await keep(script((accept) => switching(accept)));
    const loop = connect.forever(url, { clock, pingIntervalMs: 1000, maxMissedPings: 1, random: () => 0 });
    const first = (await loop.next()).value as Connection;
    const next = loop.next();
    await beat(clock);
    await beat(clock);
    expect(await first.closed).toMatchObject({ code: 1006 });
    expect(((await next).value as Connection).state).toBe('open');
    void loop.return();
  });
});

describe('an event loop that stood still for longer than the interval', () => {
  /** A connection that took every Ping, and hears only what a test says. */
  function silent(terminate: () => void, behind = false): Connection {
    const vitals = { written: true, reading: true, behind, stops: 0 };
    return { state: 'open', vitals: () => vitals, probe: () => Promise.resolve(0), terminate } as never;
  }

  test.each([
    ['waits in the kernel is heard before it is judged', true],
    ['never came is missed', false],
  ])('a Pong that %s', async (_what, came) => {
    const clock = new TestClock();
    const heartbeat = new Heartbeat({ pingIntervalMs: 1000, maxMissedPings: 1 }, clock);
    const terminate = jest.fn();
    heartbeat.begin(silent(terminate));
    clock.advance(1000);
    await turn();
    // Timers come first, then what can be read.
    clock.advance(1000);
    if (came) heartbeat.onRead();
    await turn();
    expect(terminate).toHaveBeenCalledTimes(came ? 0 : 1);
  });

  test.each([
    ['may be behind a burst that is still handed on is not missed', true],
    ['should have come is', false],
  ])('a Pong that %s', async (_what, behind) => {
    const clock = new TestClock();
    const heartbeat = new Heartbeat({ pingIntervalMs: 1000, maxMissedPings: 1 }, clock);
    const terminate = jest.fn();
    heartbeat.begin(silent(terminate, behind));
    for (let index = 0; index < 3; index++) {
      clock.advance(1000);
      await turn();
    }
    expect(terminate.mock.calls.length > 0).toBe(!behind);
  });
});

test('a clock that is advanced by several intervals at once brings as many looks', async () => {
  const clock = new TestClock();
  const vitals = jest.fn(() => ({ written: true, reading: true, stops: 0 }));
  const connection = { state: 'open', vitals, probe: () => Promise.resolve(0) };
  new Heartbeat({ pingIntervalMs: 1000, maxMissedPings: 9 }, clock).begin(connection as never);
  clock.advance(3000);
  await turn();
  expect(vitals).toHaveBeenCalledTimes(3);
});

describe('a server that is there', () => {
  test('answers, and is kept', async () => {
    const clock = new TestClock();
    const { url } = await keep(serve());
    const connection = await connect(url, { clock, pingIntervalMs: 1000, maxMissedPings: 1 });
    for (let index = 0; index < 5; index++) {
      const pong = once(connection, 'pong');
      clock.advance(1000);
      await pong;
    }
    await connection.close();
    expect(clock.pending).toBe(0);
  });

  test('is not given up while we do not read', async () => {
    const clock = new TestClock();
    const connection = await toDeafServer(clock, { maxMissedPings: 1 });
    connection.pause();
    for (let index = 0; index < 5; index++) await beat(clock);
    expect(connection.state).toBe('open');
    connection.terminate();
  });

  test('is left in peace with Infinity', async () => {
    const clock = new TestClock();
    const connection = await toDeafServer(clock, { pingIntervalMs: Infinity });
    expect(clock.pending).toBe(0);
    connection.terminate();
  });

  test('hears Pings of a WebSocket too', async () => {
    const clock = new TestClock();
    const pinged = new Promise((resolve) => {
      void keep(serve((connection) => connection.on('ping', resolve))).then(({ url }) => {
        const socket = new WebSocket(url, [], { clock, pingIntervalMs: 1000 });
        socket.onopen = () => clock.advance(1000);
      });
    });
    await pinged;
  });
});
