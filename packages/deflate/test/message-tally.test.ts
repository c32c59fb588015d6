import { MessageTally } from '../src/message-tally.js';

const FREE_BYTES = 64 * 1024;

function tally(maxRatio: number): MessageTally {
  const found = new MessageTally(maxRatio);
  found.begin();
  return found;
}

test('the ratio is judged past 64 KiB, and met exactly is not crossed', () => {
  const found = tally(10);
  found.take(1);
  found.give(FREE_BYTES);
  expect(() => found.give(1)).toThrow('maxRatio: 65537 > 10');
  const exact = tally(10);
  exact.take(10_000);
  exact.give(100_000);
  expect(() => exact.give(1)).toThrow(expect.objectContaining({ limit: 10, actual: 11, closeCode: 1009 }));
});

test('Infinity is no limit', () => {
  const found = tally(Infinity);
  found.take(1);
  expect(() => found.give(Number.MAX_SAFE_INTEGER)).not.toThrow();
});

test('a message goes on after 16 final blocks, the next one starts over', () => {
  const found = tally(1);
  for (let block = 0; block < 16; block++) found.finalBlock();
  expect(() => found.finalBlock()).toThrow('a compressed message goes on after more than 16 final blocks');
  found.begin();
  expect(() => found.finalBlock()).not.toThrow();
});

test('a message is empty until bytes arrive', () => {
  const found = tally(1);
  expect(found.isEmpty).toBe(true);
  found.take(0);
  expect(found.isEmpty).toBe(true);
  found.take(1);
  expect(found.isEmpty).toBe(false);
});
