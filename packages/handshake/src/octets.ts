/** What HTTP lets stand where, as tables of 256: 1 where the octet is allowed. */

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = 1;
  return table;
}

/** tchar, RFC 9110 §5.6.2: the visible ASCII characters without RFC 2616's separators (RFC 6455 §4.1). */
export const TOKEN = tableOf(`!#$%&'*+-.^_\`|~${DIGITS}${LETTERS}`);

/** What may stand in a field value, RFC 9110 §5.5: HTAB, SP, visible ASCII and obs-text. */
export const FIELD = new Uint8Array(256).fill(1, 0x20, 0x7f).fill(1, 0x80);
FIELD[0x09] = 1;

/** unreserved, RFC 3986 §2.3: what a host name is written in. */
export const UNRESERVED = tableOf(`-._~${DIGITS}${LETTERS}`);

export const HEX = tableOf(`${DIGITS}ABCDEFabcdef`);
export const DIGIT = tableOf(DIGITS);
/** RFC 4648 §4, without the padding. */
export const BASE64 = tableOf(`+/${DIGITS}${LETTERS}`);

/** Whether every character is in the table; the empty string is not. */
export function isAll(table: Uint8Array, text: string): boolean {
  return text.length > 0 && isAllOrEmpty(table, text);
}

function isAllOrEmpty(table: Uint8Array, text: string): boolean {
  // Beyond U+00FF the table answers undefined: U+010A is not LF's twin, it is refused.
  for (let index = 0; index < text.length; index++) if (table[text.charCodeAt(index)] !== 1) return false;
  return true;
}

export function isToken(text: string): boolean {
  return isAll(TOKEN, text);
}

export function isFieldValue(text: string): boolean {
  return isAllOrEmpty(FIELD, text);
}
