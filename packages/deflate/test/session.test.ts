import { Connection } from '@sokker/connection';
import { pair } from '@sokker/testkit';
import { once } from 'node:events';
import { constants, inflateRawSync } from 'node:zlib';
import { permessageDeflate } from '../src/index.js';
import { readDeflateOptions } from '../src/options.js';
import { DeflateSession } from '../src/session.js';
import { MAX_SHARED_BYTES } from '../src/shared-form.js';
import { WarmSet } from '../src/warm-set.js';
import { bytes, ENGINES, noise, pass, pieces, sampleText, session, TAKEOVER } from './drive.js';

const HELLO = Buffer.from('Hello');

test('it names what it is', () => {
  expect(session('direct')).toMatchObject({ name: 'permessage-deflate', rsv: 4 });
});

test('the threshold holds with context takeover and without', () => {
  for (const options of [TAKEOVER, { preset: 'shared' }] as const) {
    const wants = (thresholdBytes: number | undefined, sizes: readonly number[]) =>
      sizes.map((size) => session('direct', { ...options, thresholdBytes }).wants(size));
    expect(wants(undefined, [1023, 1024, Infinity])).toEqual([false, true, true]);
    expect(wants(0, [0, Infinity])).toEqual([true, true]);
    expect(wants(Number.MAX_SAFE_INTEGER, [1e9, Infinity])).toEqual([false, true]);
    expect(wants(Infinity, [0, 1e9, Infinity])).toEqual([false, false, false]);
  }
});

test.each([
  [0, 4],
  [Infinity, 0],
])('past a threshold of %p a stream of unknown size leaves with RSV %p', async (thresholdBytes, rsv) => {
  const [near, far] = pair();
  const coder = session('direct', { ...TAKEOVER, thresholdBytes });
  const connection = new Connection(near, { role: 'server' }, { coder });
  const heard = once(far, 'data') as Promise<[Buffer]>;
  await connection.sendStream([sampleText(5000)]);
  const [wire] = await heard;
  expect((wire[0]! & 0x70) >> 4).toBe(rsv);
  connection.terminate();
});

test('each role compresses by its own parameters', async () => {
  const extension = permessageDeflate({ ...TAKEOVER, clientNoContextTakeover: true });
  const agreed = extension.accept([new Map()]);
  const server = agreed!.session;
  const client = extension.confirm(agreed!.parameters);
  const twice = async (coder: DeflateSession) => [await pass(coder.encode, [HELLO]), await pass(coder.encode, [HELLO])];
  expect((await twice(server)).map((coded) => coded.toString('hex'))).toEqual(['f248cdc9c90700', 'f200110000']);
  expect((await twice(client)).map((coded) => coded.toString('hex'))).toEqual(['f248cdc9c90700', 'f248cdc9c90700']);
});

describe.each(ENGINES)('shared forms, engine %s', (engine) => {
  test.each([0, 1, 1024, 20_000, 100_000])('of %i bytes are read by anyone who agreed to as much', async (size) => {
    const payload = sampleText(size);
    const options = { ...TAKEOVER, serverMaxWindowBits: 8 };
    const shared = session(engine, options).encodeShared(payload)!;
    for (const before of [[], [noise(40_000)], [HELLO, HELLO]]) {
      const reader = session(engine, { ...TAKEOVER, clientMaxWindowBits: 8 });
      for (const message of before) await pass(reader.decode, [await pass(session(engine, options).encode, [message])]);
      expect((await pass(reader.decode, [shared])).equals(payload)).toBe(true);
    }
  });

  test('own messages before and after them are read as well', async () => {
    const sender = session(engine);
    const reader = session(engine);
    for (const text of ['one', 'two', 'shared', 'three', 'shared', 'shared', 'four']) {
      const payload = Buffer.from(text.repeat(100));
      const coded = text === 'shared' ? sender.encodeShared(payload)! : await pass(sender.encode, [payload]);
      if (text === 'shared') sender.sharedSent();
      expect((await pass(reader.decode, [coded])).equals(payload)).toBe(true);
    }
  });

  test('past the bound there is none', () => {
    const sender = session(engine);
    expect(sender.encodeShared(Buffer.alloc(MAX_SHARED_BYTES))).toBeDefined();
    expect(sender.encodeShared(Buffer.alloc(MAX_SHARED_BYTES + 1))).toBeUndefined();
  });

  test('they are the same for equal keys, and need a key of their own where they differ', () => {
    const shared = session(engine).encodeShared(sampleText(3000))!;
    const same = session(engine);
    expect(same.shareKey).toBe(session(engine).shareKey);
    expect(same.encodeShared(sampleText(3000))!.equals(shared)).toBe(true);
    for (const change of [{ serverMaxWindowBits: 9 }, { level: 9 }, { memLevel: 1 }]) {
      expect(session(engine, { ...TAKEOVER, ...change }).shareKey).not.toBe(same.shareKey);
    }
    expect(session(engine, { ...TAKEOVER, clientMaxWindowBits: 9 }).shareKey).toBe(same.shareKey);
  });
});

test('past maxWarmConnections the one quiet for longest gives up its contexts, and goes on later', async () => {
  const config = readDeflateOptions({ ...TAKEOVER, maxWarmConnections: 2 });
  const agreement = { server: { takeover: true, windowBits: 15 }, client: { takeover: true, windowBits: 15 } };
  const warm = new WarmSet<DeflateSession>(config.maxWarmConnections);
  const coders = Array.from({ length: 5 }, () => new DeflateSession(agreement, 'server', config, warm));
  const [first, ...others] = coders;
  await pass(first!.decode, [bytes('f248cdc9c90700')]);
  await pass(first!.encode, [HELLO]);
  for (const { encode } of others) {
    await pass(encode, [HELLO]);
    expect(warm.size).toBeLessThanOrEqual(2);
  }
  // The peer may refer to what it sent before; we begin anew.
  expect(String(await pass(first!.decode, [bytes('f200110000')]))).toBe('Hello');
  expect((await pass(first!.encode, [HELLO])).toString('hex')).toBe('f248cdc9c90700');
  for (const coder of coders) coder.close();
  expect(warm.size).toBe(0);
});

test('idle takes a connection out of the warm ones, unless a message is in progress', async () => {
  const config = readDeflateOptions(TAKEOVER);
  const agreement = { server: { takeover: true, windowBits: 15 }, client: { takeover: true, windowBits: 15 } };
  const warm = new WarmSet<DeflateSession>(8);
  const coder = new DeflateSession(agreement, 'server', config, warm);
  await pass(coder.encode, [HELLO]);
  await pieces(coder.decode, bytes('f248'), false);
  coder.idle();
  expect(warm.size).toBe(1);
  await pass(coder.decode, [bytes('cdc9c90700')]);
  coder.idle();
  expect(warm.size).toBe(0);
});

test('nothing is held for connections that keep no context', async () => {
  const config = readDeflateOptions(undefined);
  const agreement = { server: { takeover: false, windowBits: 15 }, client: { takeover: false, windowBits: 15 } };
  const warm = new WarmSet<DeflateSession>(8);
  const coder = new DeflateSession(agreement, 'server', config, warm);
  await pass(coder.decode, [await pass(coder.encode, [HELLO])]);
  expect(warm.size).toBe(0);
});

test('a hundred bombs at once: what is retained is what their readers hold, and nothing comes late', async () => {
  const faults: unknown[] = [];
  const onFault = (error: unknown) => faults.push(error);
  process.on('uncaughtException', onFault);
  const bomb = await pass(session('direct').encode, [Buffer.alloc(8 * 1024 * 1024)]);
  const coders = Array.from({ length: 100 }, (_, index) => session(ENGINES[index % 2]!));
  await Promise.all(
    coders.map(async (coder) => {
      coder.decode.write(Buffer.concat([bomb, noise(100)]), true);
      for (let read = 0; read < 1024 * 1024; read += 16384) expect(await coder.decode.read()).toHaveLength(16384);
      coder.close();
    }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  process.off('uncaughtException', onFault);
  expect(faults).toEqual([]);
});

test('what it makes, zlib reads', async () => {
  const coder = session('direct', { preset: 'shared', serverMaxWindowBits: 9 });
  for (const size of [1, 1000, 70_000]) {
    const coded = await pass(coder.encode, [sampleText(size)]);
    const whole = Buffer.concat([coded, bytes('0000ffff')]);
    expect(inflateRawSync(whole, { windowBits: 9, finishFlush: constants.Z_SYNC_FLUSH }).equals(sampleText(size))).toBe(
      true,
    );
  }
});
