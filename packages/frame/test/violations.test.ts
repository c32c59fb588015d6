import { isCloseCode, LIMITS, VIOLATIONS, type Violation } from '../src/index.js';

const rows = Object.entries<Violation>({ ...VIOLATIONS, ...LIMITS });

test('every row is complete: a code of the house, a close code, a section, a sentence', () => {
  for (const [code, { closeCode, section, text }] of rows) {
    expect(code).toMatch(/^ERR_SOKKER_[A-Z0-9_]+$/);
    expect(section).toMatch(/^RFC 6455 §\d+(\.\d+)*$/);
    expect(text).toMatch(/^[a-z].*[^.]$/);
    expect(isCloseCode(closeCode) || code === 'ERR_SOKKER_UNEXPECTED_END').toBe(true);
  }
});

test('close codes by kind (RFC 6455 §7.4.1)', () => {
  const by = (closeCode: number): string[] =>
    rows.filter(([, row]) => row.closeCode === closeCode).map(([code]) => code);
  expect(by(1007)).toEqual(['ERR_SOKKER_INVALID_UTF8']);
  expect(by(1006)).toEqual(['ERR_SOKKER_UNEXPECTED_END']);
  expect(by(1008)).toEqual(['ERR_SOKKER_TOO_MANY_FRAGMENTS']);
  expect(by(1009)).toEqual(['ERR_SOKKER_FRAME_TOO_BIG', 'ERR_SOKKER_MESSAGE_TOO_BIG']);
  expect(by(1002)).toHaveLength(rows.length - 5);
});
