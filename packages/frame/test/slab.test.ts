import fc from 'fast-check';
import { Slab, slabFor } from '../src/slab.js';

/** Fills the next stretch of its slab, as whoever asks for one has to, and cuts it off. */
function stretch(size: number, byte: number): Buffer {
  const slab = slabFor(size);
  slab.bytes.fill(byte, slab.start, slab.start + size);
  return slab.cut(size);
}

test('stretches have the size that was asked for, and none touches another', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(sizes, (asked) => {
      const cut = asked.map((size, i) => stretch(size, i));
      const expected = asked.map((size, i) => Buffer.alloc(size, i));
      expect(cut.map((bytes, i) => bytes.equals(expected[i]!))).toEqual(asked.map(() => true));
    }),
  );
});

test.each([1, 100, 512])('%d bytes share memory of 8 KiB, whoever keeps them', (size) => {
  const stretches = Array.from({ length: 100 }, () => stretch(size, 0));
  expect(stretches.map(({ buffer }) => buffer.byteLength)).toEqual(Array<number>(100).fill(8192));
  expect(new Set(stretches.map(({ buffer }) => buffer)).size).toBeLessThanOrEqual(Math.ceil((size * 100) / 3576) + 1);
});

test.each([513, 8192, 70_001])('%d bytes have a slab of their own', (size) => {
  const slab = slabFor(size);
  expect(slab.bytes).toHaveLength(size);
  expect(slabFor(size)).not.toBe(slab);
  expect(slab.cut(size)).toBe(slab.bytes);
});

test('a stretch that is transferred is copied, and the others keep their memory', () => {
  const [first, second] = [stretch(10, 1), stretch(10, 2)];
  const memory = first.buffer as ArrayBuffer;
  structuredClone(memory, { transfer: [memory] });
  expect([first, second]).toEqual([Buffer.alloc(10, 1), Buffer.alloc(10, 2)]);
});

test('its words are made once, over all of its bytes', () => {
  const slab = new Slab(1000);
  expect(slab.words).toBe(slab.words);
  expect(slab.words.words.byteOffset).toBe(slab.bytes.byteOffset + slab.words.edge);
  expect(slab.words.edge + slab.words.words.byteLength).toBeGreaterThan(1000 - 4);
});
