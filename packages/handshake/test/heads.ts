/** Heads as bytes, for the readers of both roles. Latin-1: one character is one byte. */
export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Header sections that are no header section, after a good first line. */
export const BAD_FIELDS: readonly (readonly [code: string, fields: string])[] = [
  ['ERR_SOKKER_LINE_ENDING', 'A: b\n\r\n'],
  ['ERR_SOKKER_LINE_ENDING', 'A: b\r\n\n'],
  ['ERR_SOKKER_LINE_ENDING', '\n'],
  ['ERR_SOKKER_LINE_ENDING', 'A: b\rC: d\r\n\r\n'],
  ['ERR_SOKKER_LINE_ENDING', 'A: b\r\r\n\r\n'],
  ['ERR_SOKKER_LINE_ENDING', 'A: b\r\n\rX'],
  ['ERR_SOKKER_LINE_ENDING', '\rX'],
  ['ERR_SOKKER_LINE_ENDING', 'A:\n'],
  ['ERR_SOKKER_HEADER_FOLDED', 'A: b\r\n c\r\n\r\n'],
  ['ERR_SOKKER_HEADER_FOLDED', 'A: b\r\n\tc\r\n\r\n'],
  ['ERR_SOKKER_HEADER_FOLDED', ' A: b\r\n\r\n'],
  ['ERR_SOKKER_HEADER_NAME', 'A : b\r\n\r\n'],
  ['ERR_SOKKER_HEADER_NAME', 'A\t: b\r\n\r\n'],
  ['ERR_SOKKER_HEADER_NAME', 'A B: c\r\n\r\n'],
  ['ERR_SOKKER_HEADER_NAME', ': b\r\n\r\n'],
  ['ERR_SOKKER_HEADER_NAME', 'A\r\n\r\n'],
  ['ERR_SOKKER_HEADER_NAME', 'A\n'],
  ['ERR_SOKKER_HEADER_NAME', 'A(b): c\r\n\r\n'],
  ['ERR_SOKKER_HEADER_NAME', 'A\0: b\r\n\r\n'],
  ['ERR_SOKKER_HEADER_NAME', '\xe9: b\r\n\r\n'],
  ['ERR_SOKKER_HEADER_VALUE', 'A: b\0c\r\n\r\n'],
  ['ERR_SOKKER_HEADER_VALUE', 'A: \x7f\r\n\r\n'],
  ['ERR_SOKKER_HEADER_VALUE', 'A: \x1b[31m\r\n\r\n'],
  ['ERR_SOKKER_HEADER_VALUE', 'A:\x0b\r\n\r\n'],
];

/** Header sections that are read, and what they are. */
export const GOOD_FIELDS: readonly (readonly [fields: string, rawHeaders: readonly string[]])[] = [
  ['\r\n', []],
  ['A: b\r\n\r\n', ['A', 'b']],
  ['A:b\r\n\r\n', ['A', 'b']],
  ['A:\r\n\r\n', ['A', '']],
  ['A: \t \r\n\r\n', ['A', '']],
  ['A: \t b  c \t\r\n\r\n', ['A', 'b  c']],
  ['A: b:c\r\na: \xe9\xff\r\n\r\n', ['A', 'b:c', 'a', '\xe9\xff']],
  ['__proto__: 1\r\nconstructor: 2\r\n\r\n', ['__proto__', '1', 'constructor', '2']],
  ["!#$%&'*+-.^_`|~: 1\r\n\r\n", ["!#$%&'*+-.^_`|~", '1']],
];
