/* What brought other WebSocket servers down, tried on a server on loopback. SECURITY.md lists these tests by name. */
import { Opcode } from '@sokker/frame';
import { connect } from 'node:net';
import type { ServerConnection } from '../src/index.js';
import { openPair, Rig, next, turnsUntil } from './rig.js';
import { header, request, Wire } from './wire.js';

jest.setTimeout(30_000);

const MANY_TOPICS = Array.from({ length: 20 }, (_, index) => `topic ${index}`);

let rig: Rig | undefined;
const faults: unknown[] = [];
const onFault = (error: unknown): void => void faults.push(error);

beforeEach(() => {
  faults.length = 0;
  process.on('unhandledRejection', onFault);
});
afterEach(async () => {
  process.off('unhandledRejection', onFault);
  await rig?.stop();
  rig = undefined;
  expect(faults).toEqual([]);
});

/** The server still works: someone opens, says a word and has it back. */
async function expectAlive({ server, port }: Rig): Promise<void> {
  const echo = (message: { text(): string }, connection: { send(data: string): boolean }): void => void connection.send(message.text()); // prettier-ignore
  server.on('message', echo);
  const wire = await Wire.open(port);
  wire.text('still there?');
  expect((await wire.frame()).payload.toString()).toBe('still there?');
  wire.socket.destroy();
  server.off('message', echo);
}

test.each([2001, 5000])('CVE-2024-37890: %i headers before Upgrade get 431, and the process lives', async (count) => {
  rig = await Rig.start();
  const wire = new Wire(rig.port);
  const many = Array.from({ length: count }, (_, index) => `X-${index}: 1`);
  wire.write(`GET / HTTP/1.1\r\n${many.join('\r\n')}\r\n${request().slice('GET / HTTP/1.1\r\n'.length)}`);
  expect((await wire.response()).status).toBe(431);
  await expectAlive(rig);
});

test('CVE-2022-21676, CVE-2022-41940, CVE-2023-31125: a socket that breaks at any byte of the handshake breaks nothing else', async () => {
  rig = await Rig.start();
  const bytes = request(['Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Extensions: permessage-deflate']);
  for (let at = 0; at <= bytes.length; at += 7) {
    const socket = connect(rig.port, '127.0.0.1').on('error', () => undefined);
    await next(socket, 'connect');
    socket.write(bytes.slice(0, at));
    await new Promise((resolve) => setImmediate(resolve));
    socket.resetAndDestroy();
  }
  await expectAlive(rig);
  const { server } = rig;
  await turnsUntil(() => server.clients.size === 0);
});

test('CVE-2025-11677: a connection that is destroyed inside every callback of its server', async () => {
  rig = await Rig.start({ upgrade: () => ({}) });
  const { server } = rig;
  const acts: [string, (connection: { terminate(): void }) => void][] = [['connection', (c) => c.terminate()], ['message', (c) => c.terminate()], ['close', (c) => c.terminate()]]; // prettier-ignore
  for (const [event, act] of acts) {
    const listener = (...args: unknown[]): void => {
      const connection = args.find((each) => typeof each === 'object' && each !== null && 'terminate' in each);
      act(connection as { terminate(): void });
    };
    server.on(event as 'connection', listener);
    const wire = new Wire(rig.port);
    wire.write(request());
    await wire.response();
    wire.text('a');
    wire.send(Opcode.close, '');
    await wire.closed();
    server.off(event as 'connection', listener);
  }
  await expectAlive(rig);
});

test.each<[string, () => unknown, number]>([
  ['throws', () => { throw new Error('in the hook'); }, 500], // prettier-ignore
  ['rejects', () => Promise.reject(new Error('in the hook')), 500],
  ['never settles', () => new Promise(() => undefined), 504],
])('CVE-2017-16025: an upgrade function that %s', async (_, upgrade, status) => {
  let asked = false;
  const ask = (): undefined => ((asked = true), upgrade() as undefined);
  rig = await Rig.start({ upgrade: ask, handshakeTimeoutMs: 1000 });
  rig.server.on('error', () => undefined);
  const wire = new Wire(rig.port);
  wire.write(request(['Cookie: session=__proto__']));
  const response = wire.response();
  await turnsUntil(() => asked);
  rig.clock.advance(status === 504 ? 2000 : 0);
  expect((await response).status).toBe(status);
});

test('CVE-2022-39386: a frame right behind the request reaches a listener that comes later', async () => {
  rig = await Rig.start();
  const opened = next(rig.server, 'connection');
  const wire = new Wire(rig.port);
  wire.write(Buffer.concat([Buffer.from(request()), Buffer.from('818500000000', 'hex'), Buffer.from('early')]));
  const [connection] = (await opened) as [ServerConnection];
  await turnsUntil(() => connection.retainedBytes > 0);
  const text = await new Promise((resolve) => connection.on('message', (message) => resolve(message.text())));
  expect(text).toBe('early');
  wire.socket.destroy();
});

test('CVE-2025-24010, CVE-2020-28481: a page of another origin gets 403 unless it was let in', async () => {
  rig = await Rig.start();
  const wire = new Wire(rig.port);
  wire.write(request(['Origin: http://evil.example']));
  expect((await wire.response()).status).toBe(403);
});

test('CVE-2020-7693: Upgrade on a request that is none gets an answer and an end', async () => {
  rig = await Rig.start();
  for (const [line, status] of [
    ['POST /', 405],
    ['OPTIONS *', 405],
    ['GET *', 400],
  ] as const) {
    const wire = new Wire(rig.port);
    wire.write(request().replace('GET /', line));
    const head = await wire.response();
    expect([line, head.status >= 400, header(head, 'connection')?.includes('close')]).toEqual([line, true, true]);
    if (status === 405) expect(head.status).toBe(405);
    await wire.closed();
  }
  await expectAlive(rig);
});

test('CVE-2020-36406: thousands leave a topic inside one broadcast to it', async () => {
  rig = await Rig.start({ maxBufferedBytes: 1, highWaterMarkBytes: 1, onSlow: 'signal' });
  const { server } = rig;
  const members: ServerConnection[] = [];
  for (let i = 0; i < 2000; i++) {
    const [, connection] = await openPair(rig);
    for (const topic of ['all', `its own ${i}`, ...MANY_TOPICS]) connection.join(topic);
    connection.send('nobody reads this');
    members.push(connection);
  }
  // Told inside the broadcast: the first leaves for all, so that their topics come to an end while they are gone through.
  server.once('slow', () => {
    for (const member of members) for (const topic of member.topics) member.leave(topic);
  });
  expect(server.broadcast('leaving', { to: 'all' })).toEqual({ sent: 2000, slow: 2000, dropped: 0 });
  expect(members.filter(({ topics }) => topics.size > 0)).toEqual([]);
  expect(server.broadcast('nobody hears this', { to: 'all' })).toEqual({ sent: 0, slow: 0, dropped: 0 });
  for (const member of members) member.terminate();
});

test('GHSA-5v72-xg48-5rpm: names that objects have, in everything that a client chooses', async () => {
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString']) {
    rig = await Rig.start({ subprotocols: [name] });
    const headers = [`Sec-WebSocket-Protocol: ${name}`, `Sec-WebSocket-Extensions: ${name}; ${name}=${name}`, `${name}: ${name}`]; // prettier-ignore
    const wire = await Wire.open(rig.port, headers, `/?${name}=${name}`);
    expect(header(await wire.response(), 'sec-websocket-protocol')).toBe(name);
    wire.send(Opcode.ping, name);
    expect((await wire.frame()).payload.toString()).toBe(name);
    wire.socket.destroy();
    await rig.stop();
  }
  rig = undefined;
});

test('CVE-2019-5737: a request that never ends is given up after handshakeTimeoutMs', async () => {
  rig = await Rig.start({ handshakeTimeoutMs: 1000 });
  const wire = new Wire(rig.port);
  wire.write('GET / HTTP/1.1\r\nX: a');
  const { server } = rig;
  await turnsUntil(() => server.metrics().handshakes === 1);
  rig.clock.advance(1001);
  expect((await wire.response()).status).toBe(408);
  await wire.closed();
});

test.each<[string, boolean, number]>([
  ['without an error listener the process warns of it', false, 1],
  ['with one it does not', true, 0],
])('a handler of the server that throws: %s', async (_, listens, warnings) => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const throwIt = (): never => {
    throw new Error('a fault of ours');
  };
  try {
    for (const event of ['upgrade', 'connection', 'message'] as const) {
      warn.mockClear();
      rig = await Rig.start(event === 'upgrade' ? { upgrade: throwIt } : {});
      if (listens) rig.server.on('error', () => undefined);
      if (event !== 'upgrade') rig.server.on(event, throwIt);
      const wire = new Wire(rig.port);
      wire.write(request());
      expect((await wire.response()).status).toBe(event === 'upgrade' ? 500 : 101);
      if (event === 'message') wire.text('a');
      await wire.closed();
      expect([event, warn.mock.calls.length]).toEqual([event, warnings]);
      await rig.stop();
    }
  } finally {
    warn.mockRestore();
  }
});
