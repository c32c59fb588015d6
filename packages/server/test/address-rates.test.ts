import { ManualClock } from '@sokker/testkit';
import { AddressRates } from '../src/address-rates.js';

const FIRST = '192.0.2.1';
const SECOND = '192.0.2.2';

/** Each row: how many milliseconds pass, who comes then, and whether there was one left. */
type Come = readonly [ms: number, address: string | undefined, isLet: boolean];

test.each<[string, Come[]]>([
  ['each address has its own', [[0, FIRST, true], [0, FIRST, true], [0, FIRST, false], [0, SECOND, true]]], // prettier-ignore
  ['they come back with time', [[0, FIRST, true], [0, FIRST, true], [499, FIRST, false], [1, FIRST, true], [0, FIRST, false]]], // prettier-ignore
  ['not sooner, where others age meanwhile', [[999, FIRST, true], [0, FIRST, true], [1, SECOND, true], [0, FIRST, false]]], // prettier-ignore
  [
    'a network of IPv6 is one',
    [
      [0, '2001:db8::1', true],
      [0, '2001:db8::2', true],
      [0, '2001:db8::3', false],
    ],
  ],
  [
    'and so is IPv4 in either form',
    [
      [0, FIRST, true],
      [0, `::ffff:${FIRST}`, true],
      [0, FIRST, false],
    ],
  ],
  [
    'without an address nobody is counted',
    [
      [0, undefined, true],
      [0, undefined, true],
      [0, undefined, true],
    ],
  ],
])('two in a second: %s', (_, rows) => {
  const clock = new ManualClock();
  const rates = new AddressRates(clock, 2);
  const seen = rows.map(([ms, address]) => {
    clock.advance(ms);
    return rates.take(address);
  });
  expect(seen).toEqual(rows.map(([, , isLet]) => isLet));
});

test('whoever has rested is forgotten', () => {
  const clock = new ManualClock();
  const rates = new AddressRates(clock, 1);
  for (let host = 0; host < 256; host++) rates.take(`192.0.2.${host}`);
  expect(rates.size).toBe(256);
  clock.advance(1000);
  rates.take(FIRST);
  expect(rates.size).toBe(256);
  clock.advance(1000);
  rates.take(FIRST);
  expect(rates.size).toBe(1);
});

test('many addresses in one second take no more room, and who keeps coming is remembered', () => {
  const rates = new AddressRates(new ManualClock(), 1);
  let largest = 0;
  let admitted = 0;
  for (let count = 0; count < 60_000; count++) {
    rates.take(`2001:db8:${(count >> 16).toString(16)}:${(count & 0xffff).toString(16)}::1`);
    if (count % 1000 === 0 && rates.take(FIRST)) admitted++;
    largest = Math.max(largest, rates.size);
  }
  expect(largest).toBeLessThanOrEqual(2 * 16_384);
  expect(admitted).toBe(1);
});

test('without a bound nothing is remembered', () => {
  const rates = new AddressRates(new ManualClock(), Infinity);
  expect([rates.take(FIRST), rates.size]).toEqual([true, 0]);
});
