import { Opcode } from '@sokker/frame';
import { PassThrough } from 'node:stream';
import { rejection, scene, settled, type Scene, type SceneOptions } from './scene.js';

test('a Ping resolves with the round trip by the clock', async () => {
  const it = scene().record();
  expect(it.connection.latencyMs).toBeUndefined();
  const ping = it.connection.ping('hello');
  await settled();
  expect(it.sent()).toEqual(['ping hello']);
  it.clock.advance(12.5);
  it.send(Opcode.pong, 'hello');
  expect(await ping).toBe(12.5);
  expect(it.connection.latencyMs).toBe(12.5);
  expect(it.log).toEqual(['pong hello']);
});

test('Pings without data are told apart', async () => {
  const it = scene();
  const pings = [it.connection.ping(), it.connection.ping()];
  await settled();
  const payloads = it.frames.map(({ payload }) => payload.toString('hex'));
  expect(new Set(payloads).size).toBe(2);
  for (const { payload } of it.frames) {
    it.clock.advance(1);
    it.send(Opcode.pong, payload);
    await settled();
  }
  expect(await Promise.all(pings)).toEqual([1, 2]);
});

test('a Pong may answer nothing', async () => {
  const it = scene();
  it.connection.pong('alive');
  it.connection.pong();
  expect(() => it.connection.pong('x'.repeat(126))).toThrow('a Pong may carry 125 bytes, not 126');
  await settled();
  expect(it.sent()).toEqual(['pong alive', 'pong']);
  void it.connection.close();
  it.connection.pong('too late');
  await settled();
  expect(it.sent().filter((each) => each.startsWith('pong'))).toEqual([]);
});

test('a Pong of our own never takes the place of an answer', async () => {
  const it = scene({ peerReads: false, wireBytes: 1 });
  it.connection.send(Buffer.alloc(100_000));
  await settled();
  it.send(Opcode.ping, 'answer me');
  await settled();
  it.connection.pong('alive');
  await settled();
  it.read();
  await settled();
  expect(it.sent().filter((each) => each.startsWith('pong'))).toEqual(['pong answer me']);
});

test('a probe is waited for until the next one; other Pings are not given up for it', async () => {
  const it = scene({ maxBufferedBytes: 1024 });
  const outcomes: unknown[] = [];
  const note = (name: string, ping: Promise<number>): void => {
    ping.then(
      () => outcomes.push(`${name}: a Pong`),
      (error: unknown) => outcomes.push((error as { code: string }).code),
    );
  };
  note('ping', it.connection.ping());
  for (let count = 0; count < 100; count++) {
    note('probe', it.connection.probe());
    await settled(2);
  }
  expect(outcomes.splice(0)).toEqual(Array(99).fill('ERR_SOKKER_UNRESPONSIVE'));
  expect(it.connection.state).toBe('open');
  it.send(Opcode.pong, it.frames.at(-1)!.payload);
  await settled();
  expect(outcomes.splice(0)).toEqual(['ping: a Pong', 'probe: a Pong']);
  note('probe', it.connection.probe());
  await settled();
  expect(outcomes).toEqual([]);
});

test.each<[string, number]>([
  ['at once', 64 * 1024],
  ['when the peer reads again', 1],
])('what a listener does with the payload of a Ping changes no Pong that leaves %s', async (_, wireBytes) => {
  const it = scene({ peerReads: false, wireBytes });
  it.connection.on('ping', (payload) => payload.fill(0));
  it.connection.send('before');
  await settled();
  it.send(Opcode.ping, 'theirs');
  await settled();
  it.read();
  await settled();
  expect(it.sent()).toEqual(['text before', 'pong theirs']);
});

test('of probes that wait for the end of a frame the newest is sent', async () => {
  const it = scene();
  const source = new PassThrough();
  void it.connection.sendStream(source, { bytes: 2 });
  source.write('a');
  await settled();
  const probes = Array.from({ length: 10 }, () => it.connection.probe());
  for (const probe of probes.slice(0, -1))
    expect(await rejection(probe)).toMatchObject({ code: 'ERR_SOKKER_UNRESPONSIVE' });
  source.end('b');
  await settled();
  const pings = it.frames.filter(({ opcode }) => opcode === Opcode.ping);
  expect(pings).toHaveLength(1);
  it.send(Opcode.pong, pings[0]!.payload);
  expect(await probes.at(-1)).toBe(0);
});

test('a Pong answers its Ping and all before it (RFC 6455 §5.5.3)', async () => {
  const it = scene();
  const first = it.connection.ping('1');
  it.clock.advance(10);
  const second = it.connection.ping('2');
  const third = it.connection.ping('3');
  it.clock.advance(5);
  it.send(Opcode.pong, '2');
  expect(await Promise.all([first, second])).toEqual([15, 5]);
  expect(it.connection.latencyMs).toBe(5);
  it.clock.advance(1);
  it.send(Opcode.pong, '3');
  expect(await third).toBe(6);
});

test('a Pong that nobody asked for means nothing', async () => {
  const it = scene().record();
  let settledPing = false;
  void it.connection.ping('mine').then(() => (settledPing = true));
  it.send(Opcode.pong, 'other');
  it.send(Opcode.pong);
  await settled();
  expect(settledPing).toBe(false);
  expect(it.log).toEqual(['pong other', 'pong ']);
  expect(it.connection.state).toBe('open');
});

test('the end of the connection rejects them', async () => {
  const it = scene();
  const pings = [it.connection.ping(), it.connection.ping('b')];
  it.connection.terminate();
  for (const ping of pings) await expect(ping).rejects.toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
  await expect(it.connection.ping()).rejects.toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
});

describe('Pings are bounded by maxBufferedBytes', () => {
  const LIMIT = 10_000;
  test.each<[string, SceneOptions, (it: Scene) => void]>([
    ['to a peer that does not read', { peerReads: false, wireBytes: 1 }, () => undefined],
    ['to a peer that reads and does not answer', {}, () => undefined],
    ['inside a frame that is passing', {}, (it) => void it.connection.sendStream(new PassThrough(), { bytes: 9 })],
    ['behind messages', { peerReads: false, wireBytes: 1 }, (it) => void it.connection.send(Buffer.alloc(LIMIT))],
  ])('%s', async (_, options, begin) => {
    const it = scene({ ...options, maxBufferedBytes: LIMIT }).record();
    begin(it);
    const pings: Promise<number>[] = [];
    while (it.connection.state === 'open') {
      pings.push(it.connection.ping());
      await settled(1);
    }
    expect(pings.length).toBeLessThanOrEqual(Math.ceil(LIMIT / 132) + 1);
    for (const ping of pings) expect(await rejection(ping)).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
    expect(it.log).toEqual(['error ERR_SOKKER_TOO_SLOW', 'close']);
  });

  test('those that are answered count no more', async () => {
    const it = scene({ maxBufferedBytes: LIMIT });
    for (let count = 0; count < 200; count++) {
      const pings = [it.connection.ping('older'), it.connection.ping('newer')];
      it.send(Opcode.pong, 'newer');
      await Promise.all(pings);
    }
    expect(it.connection.state).toBe('open');
  });
});

test('at most 125 bytes', async () => {
  const it = scene();
  expect(() => it.connection.ping('é'.repeat(63))).toThrow(
    expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT', message: expect.stringContaining('126') }),
  );
  void it.connection.ping(Buffer.alloc(125));
  await settled();
  expect(it.frames[0]?.payload).toHaveLength(125);
});

test('data is copied: it may change afterwards', async () => {
  const it = scene();
  const data = Buffer.from('before');
  void it.connection.ping(data);
  data.fill(0);
  await settled();
  expect(it.sent()).toEqual(['ping before']);
});

describe('answers to the Pings of the peer', () => {
  test('each with its own payload', async () => {
    const it = scene();
    for (const payload of ['', 'a', 'x'.repeat(125)]) it.send(Opcode.ping, payload);
    await settled();
    expect(it.frames.map(({ payload }) => payload.toString())).toEqual(['', 'a', 'x'.repeat(125)]);
  });

  test.each([
    ['one by one: one is on its way, of the others only the newest', 2000, false, ['ping 0', 'ping 1999']],
    ['in one turn: only the newest', 200, true, ['ping 199']],
  ])('to a peer that does not read, however many it sends, %s', async (_, count, together, answered) => {
    const it = scene({ peerReads: false, wireBytes: 64 });
    it.connection.send(Buffer.alloc(1000));
    it.connection.on('ping', () => undefined);
    await settled();
    const before = it.connection.bufferedBytes;
    const pongBytes = 127;
    const pings = Array.from({ length: count }, (_, i) => it.wire(Opcode.ping, `ping ${i}`.padEnd(125)));
    if (together) it.far.write(Buffer.concat(pings));
    else for (const ping of pings) it.far.write(ping);
    while (it.far.writableLength > 0) await settled(10);
    expect(it.connection.bufferedBytes).toBe(before + pongBytes);
    it.read();
    await settled();
    expect(it.frames.map(({ opcode, payload }) => [opcode, payload.toString().trim()])).toEqual([
      [Opcode.binary, expect.anything()],
      ...answered.map((payload) => [Opcode.pong, payload]),
    ]);
  });
});
