import { Ledger } from '../src/ledger.js';

test('keeps the sum, looks again before it says who holds most', () => {
  const ledger = new Ledger(10);
  const [a, b] = [{ retainedBytes: 6 }, { retainedBytes: 7 }];
  ledger.note(a, 6);
  expect([ledger.used, ledger.isOver]).toEqual([6, false]);
  ledger.note(b, 7);
  ledger.note(b, 7);
  expect([ledger.used, ledger.isOver]).toEqual([13, true]);
  b.retainedBytes = 2;
  expect(ledger.settle()).toBe(a);
  expect([ledger.used, ledger.isOver]).toEqual([8, false]);
  a.retainedBytes = b.retainedBytes = 0;
  expect([ledger.settle(), ledger.used]).toEqual([undefined, 0]);
});

test('a holder that is struck out counts no more, until it is noted again', () => {
  const ledger = new Ledger(10);
  const a = { retainedBytes: 6 };
  ledger.note(a, 6);
  ledger.forget(a);
  expect([ledger.used, ledger.settle()]).toEqual([0, undefined]);
  ledger.note(a, 6);
  expect([ledger.used, ledger.settle()]).toEqual([6, a]);
});

test('one that takes nothing is looked at once more, and then no longer', () => {
  const ledger = new Ledger(10);
  const a = { retainedBytes: 7 };
  ledger.note(a, 6);
  ledger.note(a, 0);
  expect([ledger.settle(), ledger.used]).toEqual([a, 7]);
  a.retainedBytes = 0;
  ledger.settle();
  a.retainedBytes = 7;
  expect([ledger.settle(), ledger.used]).toEqual([undefined, 0]);
});
