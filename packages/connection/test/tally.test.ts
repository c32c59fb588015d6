import { Tally } from '../src/tally.js';

test('what is settled was handed, and what is handed was framed', () => {
  const tally = new Tally();
  tally.framed();
  tally.framed();
  tally.settled();
  expect(tally.accepted).toBe(0);
  tally.handed();
  tally.framed();
  expect(tally.accepted).toBe(0);
  tally.settled();
  expect(tally.accepted).toBe(2);
  tally.handed();
  tally.settled();
  expect(tally.accepted).toBe(3);
});
