import { printable } from '@sokker/server';
import fc from 'fast-check';

test.each([
  ['héllo – 世界 👋', 'héllo – 世界 👋'],
  ['a\r\nb\u0000\u001b[31m', 'a\\u{d}\\u{a}b\\u{0}\\u{1b}[31m'],
  ['\u202eevil\u2066', '\\u{202e}evil\\u{2066}'],
  ['\u2028\u2029\u0085', '\\u{2028}\\u{2029}\\u{85}'],
  ['back\\slash', 'back\\u{5c}slash'],
  ['\ud800', '\\u{d800}'],
])('%j is shown as %j', (text, shown) => expect(printable(text)).toBe(shown));

test('is cut', () => {
  expect(printable('a'.repeat(300))).toBe(`${'a'.repeat(255)}…`);
  expect(printable('abcdef', 4)).toBe('abc…');
  expect(printable('abcd', 4)).toBe('abcd');
});

test('nothing that moves a cursor or turns text around, whatever comes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const shown = printable(text);
      expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(shown.length).toBeLessThanOrEqual(256);
    }),
  );
});
