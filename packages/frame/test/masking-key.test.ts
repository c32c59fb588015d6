import { randomMaskingKey } from '../src/masking-key.js';

test('keys are unsigned 32-bit integers, fresh also beyond a block of 1024 (RFC 6455 §5.3)', () => {
  const keys = Array.from({ length: 5000 }, randomMaskingKey);
  expect(keys.every((key) => Number.isInteger(key) && key >= 0 && key <= 0xffffffff)).toBe(true);
  // Two equal ones among 5000 happen once in 340 runs, ten never.
  expect(new Set(keys).size).toBeGreaterThan(4990);
});

test('each of the four bytes takes all values', () => {
  const keys = Array.from({ length: 20_000 }, randomMaskingKey);
  expect(keys.every(Number.isInteger)).toBe(true);
  for (const shift of [0, 8, 16, 24]) {
    expect(new Set(keys.map((key) => (key >>> shift) & 0xff)).size).toBe(256);
  }
});
