import fc from 'fast-check';
import { chunkings, oneByte, randomCuts, whole } from '../src/index.js';

test('every chunking is the same bytes, in fresh memory', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, seed) => {
      for (const { chunks } of chunkings(bytes, { seed })) {
        expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
        for (const chunk of chunks) chunk.fill(0);
      }
    }),
  );
});

test('short input is split at every offset', () => {
  const names = [...chunkings(Buffer.alloc(5))].map(({ name }) => name);
  expect(names).toEqual([
    'whole',
    'one byte at a time',
    'split at 1',
    'split at 2',
    'split at 3',
    'split at 4',
    'random cuts, seed 1',
    'random cuts, seed 2',
  ]);
});

test('long input is split at both ends and evenly between', () => {
  const offsets = [...chunkings(Buffer.alloc(10000), { maxSplits: 100 })]
    .filter(({ name }) => name.startsWith('split'))
    .map(({ chunks: [first] }) => first?.length ?? 0);
  expect(offsets).toHaveLength(100);
  expect(offsets.slice(0, 25)).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
  expect(offsets.slice(75)).toEqual(Array.from({ length: 25 }, (_, at) => 9975 + at));
  expect(new Set(offsets).size).toBe(100);
});

test('nothing is one empty chunk, or none', () => {
  expect(whole(Buffer.alloc(0)).chunks).toHaveLength(1);
  expect(oneByte(Buffer.alloc(0)).chunks).toHaveLength(0);
  expect([...chunkings(Buffer.alloc(0))].every(({ chunks }) => Buffer.concat(chunks).length === 0)).toBe(true);
});

test('the same seed gives the same cuts', () => {
  const sizes = (seed: number): number[] => randomCuts(Buffer.alloc(500), seed).chunks.map(({ length }) => length);
  expect(sizes(7)).toEqual(sizes(7));
  expect(sizes(7)).not.toEqual(sizes(8));
});
