import fc from 'fast-check';
import { Slab, slabFor } from '../src/slab.js';

/** Fills the next stretch of its slab, as whoever asks for one has to, and cuts it off. */
function stretch(size: number, byte: number): Buffer {
  return slabFor(size, false).cut(size).fill(byte);
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

test.each([1, 100, 512])(
  "stretches of %d bytes lie side by side in memory of Node's pool, whoever keeps them",
  (size) => {
    const slabs = new Map<Slab, Buffer[]>();
    for (let i = 0; i < 100; i++) {
      const slab = slabFor(size, false);
      slabs.set(slab, [...(slabs.get(slab) ?? []), slab.cut(size)]);
    }
    expect(slabs.size).toBeLessThanOrEqual(Math.ceil((size * 100) / 3576) + 1);
    for (const stretches of slabs.values()) {
      const first = stretches[0]!;
      expect(new Set(stretches.map(({ buffer }) => buffer)).size).toBe(1);
      // Some versions of Node align it.
      expect(first.buffer.byteLength - Buffer.poolSize).toBeLessThanOrEqual(64);
      expect(stretches.map(({ byteOffset }) => byteOffset - first.byteOffset)).toEqual(
        stretches.map((_, i) => i * size),
      );
    }
  },
);

test('where memory can be transferred away from those who share it, nothing is shared', async () => {
  const { poolSize } = Buffer;
  try {
    Buffer.poolSize = 0;
    await jest.isolateModulesAsync(async () => {
      const { slabFor: bare } = await import('../src/slab.js');
      const [first, second] = [bare(10, false).cut(10).fill(1), bare(10, false).cut(10).fill(2)];
      const memory = first.buffer as ArrayBuffer;
      structuredClone(memory, { transfer: [memory] });
      expect([first.length, second]).toEqual([0, Buffer.alloc(10, 2)]);
      expect(bare(10, false).cut(10)).toHaveLength(10);
    });
  } finally {
    Buffer.poolSize = poolSize;
  }
});

test.each([513, 8192, 70_001])('%d bytes have a slab of their own', (size) => {
  const slab = slabFor(size, false);
  expect(slab.bytes).toHaveLength(size);
  expect(slabFor(size, false)).not.toBe(slab);
  expect(slab.cut(size)).toBe(slab.bytes);
});

test('who transfers the memory of a stretch takes nothing from the others', () => {
  const [first, second] = [stretch(10, 1), stretch(10, 2)];
  const memory = first.buffer as ArrayBuffer;
  try {
    // Node.js 20 transfers a copy, later versions refuse.
    structuredClone(memory, { transfer: [memory] });
  } catch (error) {
    expect((error as Error).name).toBe('DataCloneError');
  }
  expect([first, second]).toEqual([Buffer.alloc(10, 1), Buffer.alloc(10, 2)]);
});

test('its words are made once, over all of its bytes', () => {
  const slab = new Slab(Buffer.allocUnsafe(1000));
  expect(slab.words).toBe(slab.words);
  expect(slab.words.words.byteOffset).toBe(slab.bytes.byteOffset + slab.words.edge);
  expect(slab.words.edge + slab.words.words.byteLength).toBeGreaterThan(1000 - 4);
});
