import { Histogram } from '../src/histogram.js';

test('counts values in buckets, each with all below it', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 11, 1e9]) histogram.add(value);
  expect(histogram.values()).toEqual({
    buckets: [
      { le: 1, count: 2 },
      { le: 10, count: 4 },
      { le: Infinity, count: 6 },
    ],
    count: 6,
    sum: 1e9 + 23.5,
  });
});
