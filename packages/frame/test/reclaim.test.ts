/** Memory that is written again once it was given back. */
import fc from 'fast-check';
import { EncoderCore, Opcode, reclaim } from '../src/index.js';
import { forgetLent } from '../src/reclaim.js';
import { slabFor } from '../src/slab.js';
import { bufferBytes } from './memory.js';

/** A stretch as it leaves an encoder whose owner gives back, or of one whose owner does not. */
function taken(size: number, isReusing = true): Buffer {
  forgetLent();
  return slabFor(size, isReusing).cut(size);
}

/** Whether a stretch of `second` bytes has the memory of one of `first` bytes that was given back before. */
function isReused(first: number, second: number): boolean {
  const given = taken(first).fill(1);
  reclaim(given);
  return areOne(given, taken(second));
}

function areOne(one: Buffer, other: Buffer): boolean {
  return one.buffer === other.buffer && one.byteOffset === other.byteOffset;
}

const KIB = 1024;

test.each<[string, number, number, boolean]>([
  ['the same size', 5000, 5000, true],
  ['a little less', 5000, 4700, true],
  ['more than there is', 5000, 5001, false],
  ['so much less that more than an eighth would be pinned', 5000, 4400, false],
  ['much less', 60 * KIB, 600, false],
  ['the shortest of its own', 513, 513, true],
  ['what is short', 100, 100, true],
  ['less than what is short', 100, 50, true],
  ['more than what is short', 100, 200, true],
  ['what is short, for what is long', 100, 600, false],
  ['the longest that is kept', 64 * KIB + 14, 64 * KIB + 14, true],
  ['a longer one', 64 * KIB + 15, 64 * KIB + 15, false],
])('%s', (_, first, second, expected) => {
  expect(isReused(first, second)).toBe(expected);
});

test('a slab that short frames share is handed to nobody whole', () => {
  for (let i = 0; i < 10; i++) {
    expect(isReused(100, 4000)).toBe(false);
    taken(512, false);
  }
});

test('what is asked for pins no more than an eighth above it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 513, max: 64 * KIB }), { minLength: 2, maxLength: 40 }), (sizes) => {
      for (const size of sizes) {
        const bytes = taken(size);
        expect(bytes.buffer.byteLength).toBeLessThanOrEqual(size + (size >>> 3) + 1);
        reclaim(bytes);
      }
    }),
  );
});

test('until it is given back nobody else writes to it', () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 513, max: 3000 }), fc.constant(100));
  const sizes = fc.array(fc.tuple(size, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(sizes, (asked) => {
      const held: [Buffer, number][] = [];
      for (const [i, [size, isReusing, isGivenBack]] of asked.entries()) {
        const bytes = taken(size, isReusing).fill(i);
        if (isGivenBack) reclaim(bytes);
        if (!isReusing || !isGivenBack) held.push([bytes, i]);
      }
      expect(held.every(([bytes, i]) => bytes.equals(Buffer.alloc(bytes.length, i)))).toBe(true);
    }),
  );
});

test.each<[string, (given: Buffer) => void]>([
  ['twice', (given) => [given, given].forEach(reclaim)],
  ['after another was taken', (given) => [taken(given.length), given].forEach(reclaim)],
])('given back %s: it is not handed out twice', (_, giveBack) => {
  for (const size of [5000, 100]) {
    giveBack(taken(size));
    expect(areOne(taken(size), taken(size))).toBe(false);
  }
});

test('short frames that were encoded before the latest, or not to be given back, stay whose they are', () => {
  const frame = (isReusing: boolean, byte: number): Buffer => {
    const encoder = new EncoderCore({ role: 'server' });
    encoder.addFrame(0x82, Buffer.alloc(98, byte), 98);
    return encoder.take(isReusing)[0]!;
  };
  const frames = [true, false].map(frame);
  for (const bytes of [1, 0]) reclaim(frames[bytes]!);
  const before = frames.map((bytes) => Buffer.from(bytes));
  frame(true, 3);
  expect(frames).toEqual(before);
  const last = frame(true, 4);
  reclaim(last);
  expect(areOne(frame(true, 5), last)).toBe(true);
});

test('views, and bytes of others, are not known', () => {
  const given = taken(5000);
  for (const bytes of [given.subarray(), given.subarray(1), Buffer.from(given), Buffer.alloc(0)]) reclaim(bytes);
  expect(areOne(taken(5000), given)).toBe(false);
});

test('what came through a `take`, or was written by one before the latest, is not known', () => {
  const own = new EncoderCore({ role: 'server' });
  const other = new EncoderCore({ role: 'server' });
  own.addFrame(0x82, Buffer.alloc(9000), 9000);
  own.addFrame(0x82, Buffer.alloc(600), 600);
  const [, , made] = own.take(true);
  other.addFrame(0x82, made!, 604);
  other.addEncoded(made!);
  other.take(true);
  reclaim(made!);
  other.addEncoded(made!);
  expect(other.take(true)[0]).toBe(made);
  reclaim(made!);
  expect(areOne(taken(604), made!)).toBe(false);
});

test('long frames of those who do not give back have memory of their own', () => {
  const given = taken(5000);
  reclaim(given);
  const encoder = new EncoderCore({ role: 'server' });
  encoder.addFrame(0x82, Buffer.alloc(4990), 4990);
  const [bytes] = encoder.take();
  reclaim(bytes!);
  expect(areOne(bytes!, given)).toBe(false);
  expect(areOne(taken(5000), given)).toBe(true);
});

test('all that is kept is at most 1 MiB, and nothing long', () => {
  const before = bufferBytes();
  for (let size = 513; size < 300 * KIB; size += 97) reclaim(taken(size));
  taken(64 * KIB * KIB);
  expect(bufferBytes() - before).toBeLessThan(KIB * KIB);
});

test('memory that is taken away before it is given back is not kept', () => {
  const given = taken(5000);
  const memory = given.buffer as ArrayBuffer;
  structuredClone(memory, { transfer: [memory] });
  reclaim(given);
  expect(taken(5000)).toHaveLength(5000);
});

test('memory that was given back and then taken away is not used', () => {
  const given = taken(5000);
  reclaim(given);
  const memory = given.buffer as ArrayBuffer;
  structuredClone(memory, { transfer: [memory] });
  expect(taken(5000)).toHaveLength(5000);
});

test.each(['server', 'client'] as const)('frames of a %s that are written to such memory are whole', (role) => {
  const encoder = new EncoderCore({ role, maskingKey: () => 0x01020304 });
  const fresh = new EncoderCore({ role, maskingKey: () => 0x01020304 });
  for (let round = 0; round < 50; round++) {
    for (const core of [encoder, fresh]) {
      const size = 90 + (round % 5);
      for (let i = 0; i < 8; i++) core.addFrame(0x80 | Opcode.binary, Buffer.alloc(size, i + round), size);
    }
    const expected = Buffer.concat(fresh.take());
    const [bytes] = encoder.take(true);
    expect(bytes!.equals(expected)).toBe(true);
    reclaim(bytes!);
  }
});
