/** Longest string that `printable` answers, unless told otherwise: characters. */
const MAX_SHOWN = 256;

/** Control, format (bidirectional marks among them), surrogate, private and unassigned characters, line separators. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\\]/gu;

/**
 * A peer's string (a reason, a header, a URL) as it may stand in a log: one line, nothing in it that moves a cursor or
 * turns text around, cut to `maxLength` characters. What is escaped is written `\u{…}`.
 */
export function printable(text: string, maxLength = MAX_SHOWN): string {
  // Cut before it is escaped, so that the work is bounded too; and again after, since escapes are longer.
  const shown = text.slice(0, maxLength).replace(UNSAFE, escaped);
  return shown.length > maxLength || text.length > maxLength ? `${shown.slice(0, maxLength - 1)}…` : shown;
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
