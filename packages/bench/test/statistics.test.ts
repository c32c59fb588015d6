import { estimate, median, pairRatios } from '../src/statistics.js';

describe('median', () => {
  test.each([
    [[], NaN],
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('%j → %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('estimate', () => {
  // Ranks from tables of the sign test: the k-th smallest and largest of n hold the median with 95 %.
  test.each([
    [6, 1],
    [8, 1],
    [9, 2],
    [12, 3],
    [15, 4],
    [20, 6],
    [25, 8],
  ])('of %i values takes the %i. from either end', (count, rank) => {
    const { low, high, confidence } = estimate(range(count).reverse());
    expect([low, high]).toEqual([rank, count + 1 - rank]);
    expect(confidence).toBeGreaterThanOrEqual(0.95);
  });

  test('of few values takes the extremes and says how sure that is', () => {
    expect(estimate([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, confidence: 0.75, count: 3 });
    expect(estimate([7])).toEqual({ median: 7, low: 7, high: 7, confidence: 0, count: 1 });
  });
});

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

test('pairs are of one round; a round that lacks either is left out', () => {
  expect(pairRatios([1, undefined, 3, 4], [2, 2, undefined, 8])).toEqual([0.5, 0.5]);
  expect(pairRatios([1], [0])).toEqual([]);
});
