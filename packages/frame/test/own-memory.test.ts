import fc from 'fast-check';
import { joined, ownCopy } from '../src/own-memory.js';

const filled = (size: number, byte: number): Buffer => Buffer.alloc(size, byte);

test('copies are the bytes, each of its own', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, (asked) => {
      const copies = asked.map((size, i) => ownCopy(filled(size, i)));
      expect(copies).toEqual(asked.map((size, i) => filled(size, i)));
      const whole = joined(
        copies,
        copies.reduce((sum, { length }) => sum + length, 0),
      );
      expect(whole).toEqual(Buffer.concat(copies));
      whole.fill(0xff);
      expect(copies).toEqual(asked.map((size, i) => filled(size, i)));
    }),
  );
});

test.each([1, 100, 512, 513, 4000, 70_000])('a copy of %i bytes keeps 1 KiB alive, or itself', (size) => {
  for (let i = 0; i < 50; i++) {
    const { buffer, byteOffset, length } = ownCopy(filled(size, 1));
    expect(buffer.byteLength).toBe(size <= 512 ? 1024 : size);
    expect([length, byteOffset % 4]).toEqual([size, 0]);
  }
});

test.each([
  [4, 256],
  [5, 128],
  [512, 2],
])('copies of %i bytes share their memory, %i of them 1 KiB', (size, sharers) => {
  const owners = Array.from({ length: 3 * sharers }, () => ownCopy(filled(size, 1)).buffer);
  // Others had some of the memory that is under way when it begins.
  const begins = owners.findIndex((owner) => owner !== owners[0]);
  expect(owners.slice(begins, begins + sharers).every((owner) => owner === owners[begins])).toBe(true);
  expect(owners[begins + sharers]).not.toBe(owners[begins]);
});

test('who transfers the memory of a short copy takes nothing from the others', () => {
  const [first, second] = [ownCopy(filled(10, 1)), ownCopy(filled(10, 2))];
  try {
    // Node.js 20 transfers a copy, later versions refuse.
    structuredClone(first.buffer, { transfer: [first.buffer as ArrayBuffer] });
  } catch (error) {
    expect((error as Error).name).toBe('DataCloneError');
  }
  expect([first, second]).toEqual([filled(10, 1), filled(10, 2)]);
});
