import { Ledger } from '../src/ledger.js';

test('keeps the sum, and looks again when told', () => {
  const ledger = new Ledger(10);
  const [a, b] = [{ retainedBytes: 6 }, { retainedBytes: 7 }];
  ledger.note(a, 6);
  expect([ledger.used, ledger.isOver]).toEqual([6, false]);
  ledger.note(b, 7);
  ledger.note(b, 7);
  expect([ledger.used, ledger.isOver]).toEqual([13, true]);
  b.retainedBytes = 2;
  ledger.settle();
  expect([ledger.used, ledger.isOver]).toEqual([8, false]);
  a.retainedBytes = b.retainedBytes = 0;
  ledger.settle();
  expect(ledger.used).toBe(0);
});

test.each<[readonly number[], readonly number[]]>([
  [[], []],
  [[5, 4], []],
  [[4, 6], [6]],
  [
    [6, 2, 8, 5, 1],
    [8, 6],
  ],
  [
    [3, 3, 3, 3, 3],
    [3, 3],
  ],
  [[0, 100], [100]],
])('of %j, with a limit of 10, the biggest that have to go are %j', (held, biggest) => {
  const ledger = new Ledger(10);
  for (const retainedBytes of held) ledger.note({ retainedBytes }, retainedBytes);
  expect(ledger.biggest().map(({ retainedBytes }) => retainedBytes)).toEqual(biggest);
});

test.each([
  [10, 9, false, false],
  [10, 10, true, false],
  [10, 11, true, true],
  [1, 1, true, false],
  [Infinity, Number.MAX_SAFE_INTEGER, false, false],
])('of a limit of %d, %d are tight: %s, and over: %s', (limit, bytes, isTight, isOver) => {
  const ledger = new Ledger(limit);
  ledger.note({ retainedBytes: bytes }, bytes);
  expect([ledger.isTight, ledger.isOver]).toEqual([isTight, isOver]);
});

test('a holder that is struck out counts no more, until it is noted again', () => {
  const ledger = new Ledger(10);
  const a = { retainedBytes: 6 };
  ledger.note(a, 6);
  expect([ledger.forget(a), ledger.forget(a)]).toEqual([true, false]);
  ledger.settle();
  expect(ledger.used).toBe(0);
  ledger.note(a, 6);
  ledger.settle();
  expect(ledger.used).toBe(6);
});

test('one that takes nothing is looked at once more, and then no longer', () => {
  const ledger = new Ledger(10);
  const a = { retainedBytes: 7 };
  ledger.note(a, 6);
  ledger.note(a, 0);
  ledger.settle();
  expect(ledger.used).toBe(7);
  a.retainedBytes = 0;
  ledger.settle();
  a.retainedBytes = 7;
  ledger.settle();
  expect(ledger.used).toBe(0);
});
