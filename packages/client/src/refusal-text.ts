/** How much of a body is looked at, and how much of a line shown: bytes, characters. */
const [MAX_LOOKED_AT, MAX_SHOWN] = [1024, 128];

/**
 * The first line with something to read in the body of a refusal, as it may stand in a message or log: printable ASCII, a
 * question mark for all else, so that nothing moves a cursor or turns text around. Undefined where there is none.
 */
export function firstLineOf(body: Buffer): string | undefined {
  const lines = body.toString('utf8', 0, MAX_LOOKED_AT).split('\n');
  const line = lines.find((each) => Array.from(each).some((character) => character > ' ' && isPrintable(character)));
  if (line === undefined) return undefined;
  const shown = Array.from(line.trim(), (character) => (isPrintable(character) ? character : '?'));
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN - 1).join('')}…` : shown.join('');
}

function isPrintable(character: string): boolean {
  return character >= ' ' && character <= '~';
}
