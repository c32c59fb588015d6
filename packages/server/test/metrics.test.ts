import { channels, reject, type Decision } from '@sokker/server';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { next, Rig } from './rig.js';
import { Wire } from './wire.js';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

test('what happened can be read as one object', async () => {
  rig.server.on('message', (_, connection) => connection.send('answer'));
  const [wire] = await rig.open();
  await rig.open();
  await Wire.open(rig.port, ['Origin: http://evil.example']);
  wire.text('ask');
  await wire.frame();
  rig.clock.advance(5000);
  const closed = next(rig.server, 'close');
  wire.send(8, Buffer.from([0x0b, 0xb9]));
  await closed;
  const metrics = rig.server.metrics();
  expect(metrics).toMatchObject({
    connections: 1,
    handshakes: 0,
    topics: 0,
    retainedBytes: 0,
    traffic: { bytesReceived: 17, messagesReceived: 1, bytesSent: 12, messagesSent: 1 },
    decisions: { listen: 1, open: 2, refuse: 1, close: 1, error: 0 },
    refusals: { ERR_SOKKER_ORIGIN: 1 },
    refusalStatuses: { 403: 1 },
    closes: { 3001: 1 },
    errors: {},
  });
  expect(metrics.histograms.handshakeMs.count).toBe(2);
  expect(metrics.histograms.lifetimeMs).toMatchObject({ count: 1, sum: 5000 });
  expect(structuredClone(metrics)).toEqual(metrics);
});

test("refusals are told apart by their status, the application's among them", async () => {
  const other = await Rig.start({ upgrade: ({ path }) => reject(Number(path.slice(1))) });
  for (const target of ['/401', '/429', '/503', '/401']) await Wire.open(other.port, [], target);
  await Wire.open(other.port, ['Origin: http://evil.example']);
  const { refusals, refusalStatuses } = other.server.metrics();
  expect(refusals).toEqual({ ERR_SOKKER_REFUSED: 4, ERR_SOKKER_ORIGIN: 1 });
  expect(refusalStatuses).toEqual({ 401: 2, 403: 1, 429: 1, 503: 1 });
  await other.stop();
});

test.each([{}, { pingIntervalMs: Infinity, messageTimeoutMs: Infinity }])(
  'a lifetime is counted with %p',
  async (options) => {
    const other = await Rig.start(options);
    other.clock.advance(1000);
    await other.open();
    const [wire] = await other.open();
    other.clock.advance(5000);
    const closed = next(other.server, 'close');
    wire.socket.destroy();
    await closed;
    expect(other.server.metrics().histograms.lifetimeMs).toMatchObject({ count: 1, sum: 5000 });
    await other.stop();
  },
);

test('messages that leave as streams count, and what has ended stays counted', async () => {
  const [wire, connection] = await rig.open();
  const taken = connection.sendStream(['a', 'b'], { bytes: 2 });
  expect(rig.server.metrics().traffic).toMatchObject({ bytesSent: 0, messagesSent: 1 });
  await taken;
  await wire.frame();
  expect(() => connection.sendStream('c' as never)).toThrow('sendStream takes');
  expect(rig.server.metrics().traffic).toMatchObject({ bytesSent: 4, messagesSent: 1 });
  const closed = next(rig.server, 'close');
  wire.socket.destroy();
  await closed;
  await expect(connection.sendStream(['c'])).rejects.toThrow('closed');
  expect(rig.server.metrics().traffic).toMatchObject({ bytesSent: 4, messagesSent: 1 });
});

test('every decision is published, listeners or none', async () => {
  const seen: [Decision, unknown][] = [];
  const undo = (Object.keys(channels) as Decision[]).map((name) => {
    const note = (message: unknown): unknown => seen.push([name, message]);
    subscribe(`sokker:server:${name}`, note);
    return () => unsubscribe(`sokker:server:${name}`, note);
  });
  const closed = next(rig.server, 'close');
  const [wire, connection] = await rig.open();
  await Wire.open(rig.port, ['Origin: http://evil.example']);
  wire.write(Buffer.from('ff', 'hex'));
  await closed;
  for (const stop of undo) stop();
  const { server } = rig;
  expect(seen).toEqual([
    ['open', { server, connection, request: expect.objectContaining({ path: '/' }) }],
    ['refuse', { server, error: expect.objectContaining({ code: 'ERR_SOKKER_ORIGIN' }), remoteAddress: '127.0.0.1' }],
    ['error', { server, connection, error: expect.objectContaining({ closeCode: 1002 }) }],
    ['close', { server, connection, record: expect.objectContaining({ by: 'us', phase: 'open' }) }],
  ]);
});

test('connections of a server publish on the channels of all connections, too', async () => {
  const seen: string[] = [];
  const names = ['connection:error', 'server:error', 'connection:close', 'server:close'];
  const undo = names.map((name) => {
    const note = (): unknown => seen.push(name);
    subscribe(`sokker:${name}`, note);
    return () => unsubscribe(`sokker:${name}`, note);
  });
  const closed = next(rig.server, 'close');
  const [wire] = await rig.open();
  wire.write(Buffer.from('ff', 'hex'));
  await closed;
  for (const stop of undo) stop();
  expect([...seen].sort()).toEqual([...names].sort());
});
