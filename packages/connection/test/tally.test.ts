import { Tally } from '../src/tally.js';

test('what is settled was handed, and what is handed was framed', () => {
  const tally = new Tally();
  tally.framed(0);
  tally.framed(0);
  tally.settled();
  expect(tally.accepted).toBe(0);
  tally.taken();
  tally.handed();
  tally.framed(0);
  expect(tally.accepted).toBe(0);
  tally.settled();
  expect(tally.accepted).toBe(2);
  tally.taken();
  tally.handed();
  tally.settled();
  expect(tally.accepted).toBe(3);
});

test('what coding saved counts until the message is settled', () => {
  const tally = new Tally();
  tally.framed(10);
  tally.taken();
  tally.handed();
  tally.framed(5);
  expect(tally.saved).toBe(15);
  tally.settled();
  expect(tally.saved).toBe(5);
  tally.settled();
  expect(tally.saved).toBe(5);
  tally.taken();
  tally.handed();
  tally.framed(2);
  tally.taken();
  tally.handed();
  tally.settled();
  expect(tally.saved).toBe(0);
});

test('what is framed while what was taken leaves in portions comes behind it', () => {
  const tally = new Tally();
  tally.framed(10);
  tally.taken();
  tally.framed(5);
  tally.settled();
  expect([tally.accepted, tally.saved]).toEqual([0, 15]);
  tally.handed();
  tally.settled();
  expect([tally.accepted, tally.saved]).toEqual([1, 5]);
  tally.taken();
  tally.handed();
  tally.settled();
  expect([tally.accepted, tally.saved]).toEqual([2, 0]);
});
