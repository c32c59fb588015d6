import { firstLineOf } from '../src/refusal-text.js';

test.each<[string, string, string | undefined]>([
  ['is its first', 'no such path\nand more', 'no such path'],
  ['loses what is around it', '  \r\n\t\n  no such path \r\nand more', 'no such path'],
  ['has no control characters', 'a\x1b[2Jb\x07\x9b', 'a?[2Jb??'],
  ['does not turn around', 'abc\u202edef\u2066', 'abc?def?'],
  ['is ASCII', 'für 🔌', 'f?r ?'],
  ['has something to read', '\x00\x01\n\u202e\nhere', 'here'],
  ['may be as long as 128 characters', 'x'.repeat(128), 'x'.repeat(128)],
  ['is cut', 'x'.repeat(20_000), `${'x'.repeat(127)}…`],
  ['is sought near the beginning', `${'\n'.repeat(2000)}late`, undefined],
  ['need not be there', '', undefined],
])('the line of a refusal %s', (_how, body, expected) => {
  expect(firstLineOf(Buffer.from(body))).toBe(expected);
});

test('bytes that are no text do no harm', () => {
  expect(firstLineOf(Buffer.from([0x1f, 0x8b, 0x08, 0x41, 0xff]))).toBe('???A?');
});
