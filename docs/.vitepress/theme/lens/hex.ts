/** Bytes as people write them. */
export interface HexInput {
  readonly bytes: Uint8Array;
  /** What keeps the text from being bytes; undefined where nothing does. */
  readonly problem: string | undefined;
}

/** Longer input is cut: the page shows frames, it is no place for uploads. */
export const MAX_INPUT_BYTES = 64 * 1024;

const PREFIX = /0x|\\x/gi;
const BETWEEN = /[\s,;:|"'`[\](){}<>-]/g;

/** Reads `81 05`, `8105`, `0x81, 0x05`, `\x81\x05` and the like. */
export function parseHex(text: string): HexInput {
  const digits = text.replace(PREFIX, ' ').replace(BETWEEN, '');
  const stray = /[^0-9a-f]/i.exec(digits);
  const sound = stray === null ? digits : digits.slice(0, stray.index);
  const bytes = new Uint8Array(Math.min(sound.length >> 1, MAX_INPUT_BYTES));
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(sound.slice(at * 2, at * 2 + 2), 16);
  return { bytes, problem: problemIn(stray?.[0], sound.length) };
}

function problemIn(stray: string | undefined, digits: number): string | undefined {
  if (stray !== undefined) return `“${stray}” is no hexadecimal digit; what follows it is left out.`;
  if (digits > MAX_INPUT_BYTES * 2) return `Only the first ${MAX_INPUT_BYTES / 1024} KiB are looked at.`;
  return digits % 2 === 1 ? 'The last byte lacks a digit.' : undefined;
}

/** Two digits per byte, with spaces between. */
export function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
