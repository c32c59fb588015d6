import { Opcode, parseClose } from '@sokker/frame';
import { next, rigs, turnsUntil } from './rig.js';
import { header, request, Wire } from './wire.js';

const start = rigs();

test.each<[string, object, number, string]>([
  ['maxConnections', { maxConnections: 1 }, 503, 'ERR_SOKKER_TOO_MANY_CONNECTIONS'],
  ['maxConnectionsPerAddress', { maxConnectionsPerAddress: 1 }, 429, 'ERR_SOKKER_TOO_MANY_FROM_ADDRESS'],
  ['maxHandshakesPerSecond', { maxHandshakesPerSecond: 1 }, 503, 'ERR_SOKKER_TOO_MANY_HANDSHAKES'],
  [
    'maxHandshakesPerSecondPerAddress',
    { maxHandshakesPerSecondPerAddress: 1 },
    429,
    'ERR_SOKKER_TOO_MANY_HANDSHAKES_FROM_ADDRESS',
  ],
])('%s: one too many is refused and counted, and has its place when there is one', async (_, options, status, code) => {
  const rig = await start(options);
  const [first] = await rig.open();
  const second = await Wire.open(rig.port);
  expect((await second.response()).status).toBe(status);
  expect(header(await second.response(), 'retry-after')).toBe('5');
  expect(rig.server.metrics().refusals).toEqual({ [code]: 1 });
  const closed = next(rig.server, 'close');
  first.socket.destroy();
  await closed;
  rig.clock.advance(1000);
  expect((await (await Wire.open(rig.port)).response()).status).toBe(101);
});

test('who is refused, hangs up or fails gives the place back', async () => {
  const rig = await start({ maxConnections: 1, upgrade: () => ({ protocol: 'not offered' }) });
  expect((await (await Wire.open(rig.port, ['Origin: http://evil.example'])).response()).status).toBe(403);
  expect((await (await Wire.open(rig.port)).response()).status).toBe(500);
  expect((await (await Wire.open(rig.port)).response()).status).toBe(500);
});

test.each<[string, object, string, string]>([
  ['maxMessagesPerSecond', { maxMessagesPerSecond: 3 }, '818100000000', 'ERR_SOKKER_MESSAGE_RATE'],
  ['maxControlFramesPerSecond', { maxControlFramesPerSecond: 3 }, '898100000000', 'ERR_SOKKER_CONTROL_RATE'],
])('%s: 1008', async (_, options, hex, code) => {
  const rig = await start(options);
  const [wire, connection] = await rig.open();
  connection.discard();
  const errors: unknown[] = [];
  rig.server.on('error', (error) => errors.push(error));
  const frame = Buffer.from(`${hex}41`, 'hex');
  wire.write(Buffer.concat([frame, frame, frame]));
  await turnsUntil(() => rig.server.metrics().traffic.bytesReceived === 21);
  rig.clock.advance(1000);
  wire.write(Buffer.concat([frame, frame, frame]));
  await turnsUntil(() => rig.server.metrics().traffic.bytesReceived === 42);
  expect(connection.state).toBe('open');
  wire.write(frame);
  await turnsUntil(() => errors.length > 0);
  expect(errors).toEqual([expect.objectContaining({ code, closeCode: 1008, limit: 3 })]);
  const codes: number[] = [];
  while (codes.length === 0) {
    const { opcode, payload } = await wire.frame();
    if (opcode === 8) codes.push(parseClose(payload).code);
  }
  expect(codes).toEqual([1008]);
});

test('maxRetainedBytes: whoever holds most goes with 1013, newcomers and the others stay', async () => {
  const rig = await start({ maxRetainedBytes: 100_000 });
  const [big, connection] = await rig.open();
  const [small, other] = await rig.open();
  const head = Buffer.from('82ff00000000000f000000000000', 'hex');
  small.write(Buffer.concat([head, Buffer.alloc(1000)]));
  big.write(Buffer.concat([head, Buffer.alloc(90_000)]));
  const { payload } = await big.frame();
  expect(parseClose(payload).code).toBe(1013);
  expect([connection.state, other.state]).toEqual(['closing', 'open']);
  expect(rig.server.metrics()).toMatchObject({ decisions: { overBudget: 1 }, errors: { ERR_SOKKER_OVER_BUDGET: 1 } });
  await turnsUntil(() => rig.server.metrics().retainedBytes < 10_000);
  expect((await (await Wire.open(rig.port)).response()).status).toBe(101);
});

test('maxRetainedBytes: one message that is too much for all is met when it is sent', async () => {
  const rig = await start({ maxRetainedBytes: 1_000_000, maxBufferedBytes: Infinity });
  const [wire, connection] = await rig.open();
  wire.socket.pause();
  expect(connection.offer(Buffer.alloc(20_000_000))).toBe('dropped');
  expect(connection.state).not.toBe('open');
  expect(rig.server.metrics().decisions.overBudget).toBe(1);
});

test('maxRetainedBytes: what one turn sends is offered to those who read before anyone has to go', async () => {
  const rig = await start({ maxRetainedBytes: 1_000_000 });
  const wires = await Promise.all(Array.from({ length: 5 }, async () => (await rig.open())[0]));
  for (let round = 0; round < 10; round++) rig.server.broadcast(Buffer.alloc(60_000));
  for (const wire of wires) for (let round = 0; round < 10; round++) await wire.frame();
  expect(rig.server.metrics()).toMatchObject({ connections: 5, decisions: { overBudget: 0 } });
});

test('maxRetainedBytes: many small messages count together, those that are gone do not', async () => {
  const rig = await start({ maxRetainedBytes: 100_000, maxBufferedBytes: Infinity });
  const [wire, connection] = await rig.open();
  for (let i = 0; i < 300; i++) connection.send(Buffer.alloc(100));
  expect(rig.server.metrics().retainedBytes).toBeGreaterThan(300 * 100 - 4096);
  for (let i = 0; i < 300; i++) await wire.frame();
  await turnsUntil(() => connection.bufferedBytes === 0);
  expect(rig.server.metrics().retainedBytes).toBe(0);
  for (let i = 0; i < 300; i++) connection.send(Buffer.alloc(100));
  expect(rig.server.metrics().retainedBytes).toBeGreaterThan(300 * 100 - 4096);
});

test('maxRetainedBytes: to ask how much is retained keeps nobody out; whoever holds too much goes', async () => {
  const rig = await start({ maxRetainedBytes: 1_000_000, maxBufferedBytes: Infinity, highWaterMarkBytes: Infinity });
  const [wire, connection] = await rig.open();
  wire.socket.pause();
  connection.send(Buffer.alloc(8192));
  // What a stream adds is noted when the connection is looked at again.
  connection.sendStream([Buffer.alloc(20_000_000)]).catch(() => undefined);
  await turnsUntil(() => connection.retainedBytes > 10_000_000);
  expect(rig.server.metrics()).toMatchObject({ retainedBytes: 0, errors: { ERR_SOKKER_OVER_BUDGET: 1 } });
  expect(connection.state).not.toBe('open');
  expect((await (await Wire.open(rig.port)).response()).status).toBe(101);
});

test('maxRetainedBytes: a connection that has ended counts no more, whatever it still holds and is given', async () => {
  const rig = await start({ maxRetainedBytes: 100_000 });
  const [wire, connection] = await rig.open();
  const messages = connection[Symbol.asyncIterator]();
  wire.send(Opcode.binary, Buffer.alloc(50_000));
  await turnsUntil(() => rig.server.metrics().retainedBytes > 50_000);
  connection.terminate();
  await connection.closed;
  expect(connection.retainedBytes).toBeGreaterThan(50_000);
  expect(rig.server.broadcast('x', { to: [connection] }).dropped).toBe(1);
  connection.note();
  expect(rig.server.metrics().retainedBytes).toBe(0);
  await messages.return?.();
});

test('a request that is behind a trusted proxy is the client’s', async () => {
  const rig = await start({ trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] });
  const opened = next(rig.server, 'connection');
  const proxied = [
    'X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.1.2.3',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: chat.example',
    'Origin: https://chat.example',
  ];
  await Wire.open(rig.port, proxied);
  expect(await opened).toEqual([
    expect.objectContaining({ remoteAddress: '198.51.100.7' }),
    expect.objectContaining({ remoteAddress: '198.51.100.7', scheme: 'https', host: 'chat.example' }),
  ]);
});

test('nobody else is believed', async () => {
  const rig = await start({ trustedProxies: ['10.0.0.0/8'] });
  const opened = next(rig.server, 'connection');
  await Wire.open(rig.port, ['X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: nonsense']);
  expect(await opened).toEqual([expect.anything(), expect.objectContaining({ remoteAddress: '127.0.0.1' })]);
});

test('bytes behind the request do not run ahead of the upgrade function', async () => {
  const answers: (() => void)[] = [];
  const rig = await start({ upgrade: () => new Promise((resolve) => answers.push(() => resolve({}))) });
  const message = next(rig.server, 'message');
  const wire = new Wire(rig.port);
  wire.write(Buffer.concat([Buffer.from(request()), Buffer.from('818100000000', 'hex')]));
  await turnsUntil(() => answers.length === 1);
  wire.write('A');
  answers[0]!();
  expect((await message)[0]).toMatchObject({ type: 'text', data: Buffer.from('A') });
});

test('maxRetainedBytes: messages that nobody takes count', async () => {
  const rig = await start({ maxRetainedBytes: 100_000 });
  const wires = [(await rig.open())[0], (await rig.open())[0], (await rig.open())[0]];
  const closed = next(rig.server, 'close');
  for (const wire of wires) wire.send(Opcode.binary, Buffer.alloc(40_000));
  expect(await closed).toMatchObject([{ code: 1013 }, {}]);
  expect(rig.server.clients.size).toBe(2);
});
