/** How often a candidate may be tried: enough for the largest input, and an end for slow ones. */
const MAX_TRIES = 5_000;
/** What a byte is replaced by if the finding does not need it: as little as possible, else something legible. */
const SIMPLER = [0x00, 0x61];

/**
 * The smallest input found that still fails: stretches are left out, halves first and single bytes last, then what is
 * left is made plain.
 * @param settings bytes at the start that stay
 * @param fails whether an input shows the same finding
 */
export async function minimise(
  input: Buffer,
  settings: number,
  fails: (candidate: Buffer) => Promise<boolean>,
): Promise<Buffer> {
  let best = input;
  let tries = 0;
  const attempt = async (candidate: Buffer): Promise<boolean> => {
    if (++tries > MAX_TRIES || !(await fails(Buffer.from(candidate)))) return false;
    best = candidate;
    return true;
  };
  for (let size = best.length - settings; size >= 1; size = Math.floor(size / 2)) {
    for (let at = settings; at < best.length;) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (!(await attempt(shorter))) at += size;
    }
  }
  for (let at = 0; at < best.length; at++) {
    for (const byte of SIMPLER) {
      if (best[at] === byte) break;
      const plainer = Buffer.from(best);
      plainer[at] = byte;
      if (await attempt(plainer)) break;
    }
  }
  return best;
}
