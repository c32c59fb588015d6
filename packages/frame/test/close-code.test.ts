import { CloseCode, isCloseCode } from '../src/index.js';
import { isCloseCodeStart } from '../src/close-code.js';

/** RFC 6455 §7.4.1, §7.4.2 and the IANA registry: first and last of each range that may stand in a Close frame. */
const RANGES = [
  [1000, 1003],
  [1007, 1014],
  [3000, 4999],
] as const;
const mayStand = (code: number): boolean => RANGES.some(([first, last]) => code >= first && code <= last);

test('every code of 16 bits, and every first byte of one', () => {
  const starts = new Set<number>();
  for (let code = 0; code < 65536; code++) {
    if (isCloseCode(code) !== mayStand(code)) expect(code).toBe('judged as RFC 6455 §7.4 has it');
    if (mayStand(code)) starts.add(code >> 8);
  }
  for (let high = 0; high < 256; high++) expect([high, isCloseCodeStart(high)]).toEqual([high, starts.has(high)]);
});

test.each([1000.5, Number.NaN, Infinity, -1000, '1000' as unknown as number])('%p is none', (code) => {
  expect(isCloseCode(code)).toBe(false);
});

test('names of codes: those that are never sent are 1005, 1006 and 1015', () => {
  const unsendable = Object.values(CloseCode).filter((code) => !isCloseCode(code));
  expect(unsendable).toEqual([1005, 1006, 1015]);
  expect(Object.values(CloseCode)).toEqual([...new Set(Object.values(CloseCode))]);
});
