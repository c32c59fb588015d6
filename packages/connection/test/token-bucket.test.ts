import { TokenBucket, type Clock } from '@sokker/connection';

const clock: Clock & { time: number } = {
  time: 0,
  now: () => clock.time,
  setTimeout: () => 0,
  clearTimeout: () => undefined,
};

test('so many at once, so many per second', () => {
  const bucket = new TokenBucket(clock, 4);
  const take = (times: number): number => Array.from({ length: times }, () => bucket.take()).filter(Boolean).length;
  expect(take(10)).toBe(4);
  clock.time += 250;
  expect(take(10)).toBe(1);
  clock.time += 60_000;
  expect(take(10)).toBe(4);
});

test('a rest lets no more through at once', () => {
  const bucket = new TokenBucket(clock, 10);
  clock.time += 60_000;
  expect(Array.from({ length: 30 }, () => bucket.take()).filter(Boolean)).toHaveLength(10);
});

test('Infinity is no limit', () => {
  const bucket = new TokenBucket(clock, Infinity);
  for (let count = 0; count < 1000; count++) expect(bucket.take()).toBe(true);
});
