import fc from 'fast-check';
import { ByteGatherer } from '../src/index.js';
import { bufferBytes, memoryInUse } from './memory.js';

const KIB = 1024;
/** What the bound leaves out: a slab of Node's pool that a measurement may begin or end in. */
const POOL_BYTES = 2 * Buffer.poolSize;

/** A piece of its own memory, of which it is the middle. */
function piece(length: number, memory = length, value = 0x61): Buffer {
  const start = (memory - length) >> 1;
  return Buffer.from(new ArrayBuffer(memory))
    .subarray(start, start + length)
    .fill(value);
}

test('nothing gathered is an empty buffer', () => {
  const gatherer = new ByteGatherer();
  expect(gatherer.bytes).toBe(0);
  expect(gatherer.take()).toHaveLength(0);
  gatherer.add(Buffer.alloc(0));
  expect(gatherer.take()).toHaveLength(0);
});

test('it is empty after take, and may be used again', () => {
  const gatherer = new ByteGatherer();
  for (const text of ['first', 'second']) {
    gatherer.add(Buffer.from(text));
    expect(gatherer.bytes).toBe(text.length);
    expect(String(gatherer.take())).toBe(text);
    expect(gatherer.bytes).toBe(0);
  }
});

test.each([
  [1, 1, 1],
  [1, 40, 1],
  [31, 32, 31],
  [200, 200, 200],
])('what was taken, %i, %i and %i bytes, is not written to again', (...lengths) => {
  const gatherer = new ByteGatherer();
  const taken = lengths.map((length, i) => {
    gatherer.add(piece(length, length, i));
    return gatherer.take();
  });
  expect(taken).toEqual(lengths.map((length, i) => piece(length, length, i)));
});

test('a first block that was copied out of is filled again, a larger one is not', () => {
  const gatherer = new ByteGatherer();
  const made = jest.spyOn(Buffer, 'allocUnsafeSlow');
  try {
    for (const pieces of [[1], [31], [65], [16 * KIB, 16 * KIB, 1], [1], [2], [65]]) {
      for (const length of pieces) gatherer.add(piece(length));
      gatherer.take();
    }
    // Beside them, 1 KiB for what is copied out, and what two parts are joined to.
    const blocks = made.mock.calls.flat().filter((size) => size !== KIB);
    expect(blocks).toEqual([64, 65, 32 * KIB, 32 * KIB + 1, 64, 65]);
  } finally {
    made.mockRestore();
  }
});

test.each([
  ['16 KiB that are half of their memory', 16 * KIB, 32 * KIB, true],
  ['16 KiB that are less than half of it', 16 * KIB, 32 * KIB + 1, false],
  ['less than 16 KiB', 16 * KIB - 1, 16 * KIB - 1, false],
])('%s: kept or copied', (_, length, memory, kept) => {
  const gatherer = new ByteGatherer();
  const large = piece(length, memory);
  gatherer.add(large);
  const taken = gatherer.take();
  expect(taken.buffer === large.buffer).toBe(kept);
  expect(taken.equals(large)).toBe(true);
});

test.each([
  [31, true],
  [32, false],
])('%i bytes in the first block of 64: copied out of it, or not: %s', (length, copied) => {
  const gatherer = new ByteGatherer();
  for (let i = 0; i < length; i++) gatherer.add(piece(1));
  const taken = gatherer.take();
  expect(taken.equals(piece(length))).toBe(true);
  expect(taken.buffer.byteLength !== 64).toBe(copied);
});

test.each([
  ['what follows is less', 10_000, 2000, 12_000],
  ['as much follows', 6000, 6000, 12_000],
  ['more follows than the bound leaves room for', 5000, 7000, undefined],
  ['much is promised', 100, 2 ** 40, undefined],
])('%s: one block for all, or not', (_, length, rest, block) => {
  const gatherer = new ByteGatherer();
  const before = bufferBytes();
  gatherer.add(piece(length), rest);
  expect(bufferBytes() - before).toBeLessThanOrEqual(2 * length + 64 + POOL_BYTES);
  gatherer.add(piece(Math.min(rest, 7000), 16 * KIB, 0x62));
  const taken = gatherer.take();
  expect(taken.subarray(0, length).equals(piece(length))).toBe(true);
  expect(taken.subarray(length).equals(piece(Math.min(rest, 7000), 16 * KIB, 0x62))).toBe(true);
  if (block !== undefined) expect([taken.length, taken.buffer.byteLength]).toEqual([block, block]);
});

test('parts of a chunk are copied, and counted', () => {
  const gatherer = new ByteGatherer();
  const chunk = Buffer.from('abcdef');
  gatherer.addCopy(chunk, 1, 3);
  gatherer.addCopy(chunk, 5, 6);
  chunk.fill(0);
  expect(gatherer.bytes).toBe(3);
  expect(String(gatherer.take())).toBe('bcf');
});

test('pieces of any size come out as they went in', () => {
  const sizes = fc.array(fc.tuple(fc.nat({ max: 40_000 }), fc.constantFrom(1, 2, 4)), { maxLength: 20 });
  fc.assert(
    fc.property(sizes, (pieces) => {
      const gatherer = new ByteGatherer();
      const all = pieces.map(([length, factor], i) => piece(length, length * factor, i));
      const expected = Buffer.concat(all);
      for (const part of all) gatherer.add(part);
      expect(gatherer.bytes).toBe(expected.length);
      expect(gatherer.take().equals(expected)).toBe(true);
    }),
  );
});

describe('retained memory is at most 2 × the bytes gathered + 64', () => {
  type Row = [string, (add: (length: number, memory?: number) => void) => void];
  const times = (count: number, body: (i: number) => void): void => {
    for (let i = 0; i < count; i++) body(i);
  };
  test.each<Row>([
    ['one byte', (add) => add(1, 64 * KIB)],
    ['65 bytes, one at a time', (add) => times(65, () => add(1))],
    ['100 KiB, one byte at a time', (add) => times(100 * KIB, () => add(1))],
    ['small views of large memory', (add) => times(100, () => add(100, 64 * KIB))],
    ['large views of half their memory', (add) => times(20, () => add(16 * KIB, 32 * KIB))],
    ['kept pieces, a byte before each', (add) => times(80, (i) => (i % 2 === 0 ? add(1) : add(16 * KIB, 32 * KIB)))],
    ['kept pieces, then a byte', (add) => times(11, (i) => (i === 10 ? add(1) : add(16 * KIB, 32 * KIB)))],
  ])('%s', (_, fill) => {
    const gatherer = new ByteGatherer();
    const before = bufferBytes();
    fill((length, memory) => gatherer.add(piece(length, memory)));
    const retained = bufferBytes() - before;
    expect(retained).toBeLessThanOrEqual(2 * gatherer.bytes + 64 + POOL_BYTES);
  });

  test('a byte from far into a chunk', () => {
    const gatherer = new ByteGatherer();
    const chunk = piece(64 * KIB);
    const before = bufferBytes();
    gatherer.addCopy(chunk, 60 * KIB, 60 * KIB + 1);
    expect(bufferBytes() - before).toBeLessThanOrEqual(2 + 64 + POOL_BYTES);
  });

  test('one byte at a time, all the way', () => {
    const gatherer = new ByteGatherer();
    const byte = piece(1);
    const before = bufferBytes();
    for (let bytes = 1; bytes <= 48 * KIB; bytes++) {
      gatherer.add(byte);
      if (bytes % (4 * KIB) === 2 * KIB + 1)
        expect(bufferBytes() - before).toBeLessThanOrEqual(2 * bytes + 64 + POOL_BYTES);
    }
  });

  test('1 MiB one byte at a time: 2.1 times that, objects included', () => {
    const gatherer = new ByteGatherer();
    const byte = piece(1);
    const before = memoryInUse();
    for (let i = 0; i < KIB * KIB; i++) gatherer.add(byte);
    const { buffers, heap } = memoryInUse();
    const retained = buffers - before.buffers + Math.max(0, heap - before.heap);
    expect(retained).toBeLessThanOrEqual(2.1 * gatherer.bytes);
  });
});
