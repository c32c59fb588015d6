/** Names up to this long bear one slip, longer ones two. */
const SHORT_NAME = 7;

/** Those of `names` that someone may have meant who wrote `name`: one or two letters differ, or one is half of the other. */
export function nearNames(name: string, names: readonly string[]): string[] {
  const folded = name.toLowerCase();
  return names.filter((each) => isNear(folded, each.toLowerCase()));
}

function isNear(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (2 * short.length >= long.length && long.includes(short)) return true;
  const slips = long.length <= SHORT_NAME ? 1 : 2;
  return commonStart(short, long) + commonEnd(short, long) >= long.length - slips;
}

function commonStart(short: string, long: string): number {
  let same = 0;
  while (same < short.length && short[same] === long[same]) same++;
  return same;
}

function commonEnd(short: string, long: string): number {
  let same = 0;
  while (same < short.length && short.at(-1 - same) === long.at(-1 - same)) same++;
  return same;
}
