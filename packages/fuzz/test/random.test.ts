import { Hash, Random } from '../src/random.js';

const draw = (seed: number, count = 1000): number[] => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.next());
};

test('the same seed, the same numbers; neighbours have others', () => {
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
  expect(draw(0).slice(0, 3)).toEqual([1911568890, 2752370071, 1675899020]);
});

test('numbers spread over their bound and stay below it', () => {
  const random = new Random(1);
  const counts = new Array<number>(8).fill(0);
  for (let i = 0; i < 8000; i++) counts[random.below(8)]!++;
  for (const count of counts) expect(count).toBeGreaterThan(850);
  expect(random.below(1)).toBe(0);
  expect([1, 2, 3]).toContain(random.pick([1, 2, 3]));
  expect(() => random.pick([])).toThrow(RangeError);
});

test('a hash depends on every value and on their order', () => {
  const values = [new Hash().add(1).add(2), new Hash().add(2).add(1), new Hash().text('ab'), new Hash()];
  expect(new Set(values.map(({ value }) => value)).size).toBe(4);
});
