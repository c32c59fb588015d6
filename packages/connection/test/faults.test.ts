/** Connections over a duplex that cuts, delays and breaks: nothing is lost while it holds, one end when it does not. */
import { Opcode } from '@sokker/frame';
import { FaultyDuplex, type FaultyDuplexOptions, ManualClock } from '@sokker/testkit';
import { Duplex, type DuplexOptions } from 'node:stream';
import { Connection, type CloseRecord } from '../src/index.js';
import { scene, settled, until, type Scene } from './scene.js';

const MESSAGES = 12;

/** Both sides talk: whole messages, streams, Pings, and a Close at the end. */
async function talk(
  faults: FaultyDuplexOptions,
): Promise<{ it: Scene; heard: string[]; peer: Connection; peerEnds: number }> {
  const it = scene({ peerReads: false, wrap: (near) => new FaultyDuplex(near, faults) }).record();
  const peer = new Connection(it.far, { role: 'client', clock: new ManualClock() });
  const heard: string[] = [];
  const result = { it, heard, peer, peerEnds: 0 };
  peer.on('message', (message) => heard.push(message.text()));
  peer.on('close', () => result.peerEnds++);
  const ignore = (): void => undefined;
  for (let i = 0; i < MESSAGES; i++) {
    const text = `message ${i} `.repeat(i);
    peer.send(text);
    if (i % 3 === 0) void it.connection.sendStream([text, '.'], { type: 'text' }).catch(ignore);
    else it.connection.send(text);
    if (i % 4 === 0) void it.connection.ping().catch(ignore);
    if (i % 4 === 1) void peer.ping().catch(ignore);
    await settled(1);
  }
  await settled(10);
  void it.connection.close(4000);
  await settled(10);
  it.far.end();
  await settled(10);
  it.clock.advance(60_000);
  it.connection.terminate();
  peer.terminate();
  await settled();
  return result;
}

const expected = Array.from({ length: MESSAGES }, (_, i) => `message ${i} `.repeat(i));

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'pieces of up to %i bytes, cut at random: everything arrives, in order',
  async (seed) => {
    const { it, heard, peerEnds } = await talk({ seed, maxPieceBytes: seed });
    expect(heard).toEqual(expected.map((text, i) => (i % 3 === 0 ? `${text}.` : text)));
    expect(it.log.filter((line) => line.startsWith('text'))).toHaveLength(MESSAGES);
    expect(it.errors).toEqual([]);
    expect(it.closed).toMatchObject({ code: 4000, clean: true });
    expect(it.log.at(-1)).toBe('close');
    expect(peerEnds).toBe(1);
  },
);

test('pieces that come late, in turns of their own', async () => {
  const late: (() => void)[] = [];
  const pump = setInterval(() => late.splice(0).forEach((step) => step()), 0);
  const { it, heard } = await talk({ seed: 9, maxPieceBytes: 50, delay: (step) => late.push(step) });
  clearInterval(pump);
  const whole = expected.map((text, i) => (i % 3 === 0 ? `${text}.` : text));
  expect(heard).toEqual(whole.slice(0, heard.length));
  expect(it.log.filter((line) => line === 'close')).toHaveLength(1);
});

describe.each(['read', 'write', 'end'] as const)('an error at any call of %s', (on) => {
  const calls = on === 'end' ? 1 : 40;

  test.each(Array.from({ length: calls }, (_, i) => i + 1))('call %i', async (call) => {
    const { it, heard, peerEnds } = await talk({ seed: call, maxPieceBytes: 40, fail: { on, call } });
    const whole = expected.map((text, i) => (i % 3 === 0 ? `${text}.` : text));
    // What arrived is a beginning of what was sent.
    expect(heard).toEqual(whole.slice(0, heard.length));
    expect(it.log.filter((line) => line === 'close')).toHaveLength(1);
    expect(it.log.at(-1)).toBe('close');
    expect(peerEnds).toBe(1);
    expect(it.clock.pending).toBe(0);
    expect(it.connection.bufferedBytes).toBe(0);
    expect(it.connection.retainedBytes).toBe(0);
    expect(it.connection.send('late')).toBe(false);
  });
});

test('a thousand connections that are reset in the middle of a frame leave nothing', async () => {
  const scenes = Array.from({ length: 1000 }, () => scene().record());
  const frame = scene().wire(Opcode.binary, Buffer.alloc(1000));
  for (const it of scenes) it.far.write(frame.subarray(0, 500));
  await settled();
  for (const it of scenes) it.far.resetAndDestroy();
  await until(() => scenes.every(({ closed }) => closed !== undefined));
  await settled();
  for (const it of scenes) {
    expect(it.log).toEqual(['error ERR_SOKKER_CONNECTION_LOST', 'close']);
    expect([it.connection.retainedBytes, it.clock.pending]).toEqual([0, 0]);
  }
});

describe('a duplex that does not say that it has closed', () => {
  const CLOSE_MS = 5000;
  const silent: [string, DuplexOptions][] = [
    ['because it emits no close', { emitClose: false }],
    ['because it is never through with its end', { destroy: () => undefined }],
  ];
  const ends: [string, (connection: Connection, duplex: Duplex) => void, string | undefined][] = [
    ['terminate()', (connection) => connection.terminate(), undefined],
    ['terminate(error)', (connection) => connection.terminate(new Error('enough')), 'enough'],
    ['an error of its own', (_, duplex) => duplex.emit('error', new Error('broken')), 'the connection was lost'],
  ];

  test.each(
    silent.flatMap(([why, options]) => ends.map(([how, end, text]) => [why, how, options, end, text] as const)),
  )('%s, after %s: its connection ends when closeTimeoutMs are over', async (_why, _how, options, end, text) => {
    const clock = new ManualClock();
    const duplex = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done(), ...options });
    const connection = new Connection(duplex, { role: 'server', clock, closeTimeoutMs: CLOSE_MS });
    const closed = jest.fn();
    void connection.closed.then(closed);
    end(connection, duplex);
    await settled();
    expect(closed).not.toHaveBeenCalled();
    clock.advance(CLOSE_MS);
    await settled();
    expect(closed.mock.calls).toMatchObject([[{ code: 1006, clean: false }]]);
    const [[record]] = closed.mock.calls as [[CloseRecord]];
    expect(record.error?.message).toEqual(text === undefined ? undefined : expect.stringContaining(text));
    expect(clock.pending).toBe(0);
  });
});

test('a duplex whose end throws takes no turn of the others', async () => {
  const it = scene();
  const duplex = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  duplex.end = () => {
    throw new Error('not today');
  };
  const connection = new Connection(duplex, { role: 'server', clock: new ManualClock() });
  connection.send('a');
  it.connection.send('b');
  connection.fail(new Error('enough'));
  expect(await connection.closed).toMatchObject({ code: 1011 });
  await settled();
  expect(it.sent()).toEqual(['text b']);
});
