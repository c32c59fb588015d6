import { constants, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { ContextPool } from '../src/context-pool.js';
import { DeflateContext, deflatePools } from '../src/deflate-context.js';
import { Deflater, DIRECT_BYTES } from '../src/deflater.js';
import { threadPoolSize } from '../src/thread-slots.js';
import { bytes, cutAt, ENGINES, noise, pass, pieces, sampleText, session, TAKEOVER } from './drive.js';

const NO_TAKEOVER = { preset: 'shared' } as const;
const TAIL = bytes('0000ffff');

/** What a peer makes of one message that depends on nothing. */
function inflated(payload: Buffer): Buffer {
  return inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH });
}

describe.each(ENGINES)('deflating, engine %s', (engine) => {
  test('the message of RFC 7692 §7.2.3.1, and with context takeover that of §7.2.3.2', async () => {
    const { encode } = session(engine);
    expect((await pass(encode, [Buffer.from('Hello')])).toString('hex')).toBe('f248cdc9c90700');
    expect((await pass(encode, [Buffer.from('Hello')])).toString('hex')).toBe('f200110000');
  });

  test('without takeover every message is the first', async () => {
    const { encode } = session(engine, NO_TAKEOVER);
    for (let message = 0; message < 3; message++) {
      expect((await pass(encode, [Buffer.from('Hello')])).toString('hex')).toBe('f248cdc9c90700');
    }
  });

  test.each([
    ['whole', [Buffer.alloc(0)]],
    ['in nothings', [Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0)]],
  ])('the empty message, %s, is one zero byte (§7.2.3.6)', async (_, chunks) => {
    const { encode } = session(engine);
    for (const text of ['Hello', 'Hello']) {
      expect((await pass(encode, chunks)).toString('hex')).toBe('00');
      const coded = await pass(encode, [Buffer.from(text)]);
      expect(coded.length).toBeGreaterThan(1);
    }
  });

  test.each([0, 1, 100, DIRECT_BYTES - 1, DIRECT_BYTES, DIRECT_BYTES + 1, 65536, 65537, 300_000])(
    '%i bytes, which compress or not, come back',
    async (size) => {
      const { encode } = session(engine, NO_TAKEOVER);
      for (const payload of [sampleText(size), noise(size), Buffer.alloc(size)]) {
        expect(inflated(await pass(encode, [payload])).equals(payload)).toBe(true);
      }
    },
  );

  test('order is kept between small messages and large ones, on one context', async () => {
    const { encode, decode } = session(engine);
    for (const size of [100, 100_000, 100, DIRECT_BYTES, DIRECT_BYTES + 1, 0, 1, 200_000, 5]) {
      const payload = sampleText(size, size);
      expect((await pass(decode, [await pass(encode, [payload])])).equals(payload)).toBe(true);
    }
  });

  test('a streamed message, its last write empty', async () => {
    const { encode } = session(engine, NO_TAKEOVER);
    const payload = sampleText(150_000);
    const chunks = [payload.subarray(0, 10), payload.subarray(10, 100_000), Buffer.alloc(0), payload.subarray(100_000)];
    expect(inflated(await pass(encode, chunks)).equals(payload)).toBe(true);
    expect(inflated(await pass(encode, [...chunks, Buffer.alloc(0)])).equals(payload)).toBe(true);
  });

  test('a message that ends in the bytes of the tail loses none of its own', async () => {
    const { encode } = session(engine, NO_TAKEOVER);
    const payload = Buffer.concat([noise(40), TAIL]);
    expect(inflated(await pass(encode, [payload])).equals(payload)).toBe(true);
  });

  test('with 8 window bits nothing refers back further than 256 bytes (§7.1.2.1)', async () => {
    const { encode } = session(engine, { ...TAKEOVER, serverMaxWindowBits: 8 });
    const narrow = session(engine, { ...TAKEOVER, clientMaxWindowBits: 8 });
    for (const payload of [sampleText(5000), Buffer.alloc(1000), sampleText(5000)]) {
      expect((await pass(narrow.decode, [await pass(encode, [payload])])).equals(payload)).toBe(true);
    }
  });

  test('after forget nothing refers to what came before', async () => {
    const coder = session(engine);
    const payload = Buffer.from('Hello');
    await pass(coder.encode, [payload]);
    coder.sharedSent();
    expect((await pass(coder.encode, [payload])).toString('hex')).toBe('f248cdc9c90700');
    expect((await pass(coder.encode, [payload])).toString('hex')).toBe('f200110000');
    coder.idle();
    expect((await pass(coder.encode, [payload])).toString('hex')).toBe('f248cdc9c90700');
  });

  test('forget in the middle of a message binds the next one', async () => {
    const { encode, decode } = session(engine);
    const coded = [...(await pieces(encode, Buffer.from('Hello'), false))];
    encode.forget();
    encode.rest();
    coded.push(...(await pieces(encode, Buffer.from('Hello'), true)));
    expect(String(await pass(decode, [Buffer.concat(coded)]))).toBe('HelloHello');
    expect((await pass(encode, [Buffer.from('Hello')])).toString('hex')).toBe('f248cdc9c90700');
  });

  test('the bytes of the caller are not changed', async () => {
    const { encode } = session(engine);
    const payload = sampleText(40_000);
    const before = Buffer.from(payload);
    await pass(encode, [payload]);
    expect(payload.equals(before)).toBe(true);
  });

  test('a second read before the first has settled is refused', async () => {
    const { encode } = session(engine);
    encode.write(sampleText(100_000), true);
    const pending = encode.read();
    expect(() => encode.read()).toThrow('has not settled');
    expect((await pending)?.length).toBeGreaterThan(0);
  });

  test('close while a job is under way: its promise settles, and nothing follows', async () => {
    const coder = session(engine);
    coder.encode.write(sampleText(1_000_000), true);
    const pending = coder.encode.read();
    coder.close();
    coder.close();
    expect(await pending).toBeUndefined();
    expect(coder.encode.read()).toBeUndefined();
    coder.encode.write(Buffer.from('late'), true);
    expect(coder.encode.read()).toBeUndefined();
  });

  test('memory that was taken away while it waited ends in an error, not in the process', async () => {
    const { encode } = session(engine);
    const payload = Buffer.from(new ArrayBuffer(1000));
    encode.write(payload, true);
    structuredClone(payload.buffer, { transfer: [payload.buffer] });
    await expect((async () => encode.read())()).rejects.toThrow('detached');
  });

  test('any message in any cuts comes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat(40_000)), fc.array(fc.nat(), { maxLength: 4 })),
        ),
        fc.boolean(),
        async (messages, takeover) => {
          const ours = session(engine, takeover ? TAKEOVER : NO_TAKEOVER);
          const theirs = session(engine, takeover ? TAKEOVER : NO_TAKEOVER);
          for (const [content, cuts] of messages) {
            const payload = typeof content === 'number' ? sampleText(content) : Buffer.from(content);
            const coded = await pass(ours.encode, cutAt(payload, cuts));
            const found = await pass(theirs.decode, cutAt(coded, cuts));
            expect(found.equals(payload)).toBe(true);
          }
          ours.close();
          theirs.close();
        },
      ),
      { numRuns: engine === 'direct' ? 150 : 40 },
    );
  });
});

test('contexts that serve one message at a time serve them all', async () => {
  const pool = deflatePools.for({ windowBits: 15, level: 3, memLevel: 8, engine: 'direct' });
  const taken = Array.from({ length: 4 }, () => pool.take());
  for (const context of taken) pool.give(context);
  const coders = Array.from({ length: 20 }, () => session('direct', NO_TAKEOVER));
  for (const { encode } of coders) await pass(encode, [Buffer.from('Hello')]);
  const again = Array.from({ length: 4 }, () => pool.take());
  expect(new Set(again)).toEqual(new Set(taken));
  for (const context of again) pool.give(context);
});

test.each(ENGINES)(
  'of many messages that wait for a thread, those at work alone hold a context: engine %s',
  async (engine) => {
    let made = 0;
    const pool = new ContextPool(() => {
      made++;
      return new DeflateContext({ windowBits: 15, level: 1, memLevel: 8 }, engine);
    });
    const directBytes = engine === 'direct' ? DIRECT_BYTES : 0;
    const payload = sampleText(40_000);
    const all = Array.from({ length: 50 }, () => new Deflater(false, pool, () => {}, directBytes));
    const coded = await Promise.all(all.map((deflater) => pass(deflater, [payload])));
    for (const each of coded) expect(inflated(each).equals(payload)).toBe(true);
    expect(made).toBeLessThanOrEqual(threadPoolSize(process.env.UV_THREADPOOL_SIZE));
  },
);
