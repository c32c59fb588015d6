/** The command line. */

export interface ChaosOptions {
  /** Ids or names of the faults to run; none stands for all. */
  readonly only: readonly string[];
  /** Scaled-down counts: the form that CI runs. */
  readonly short: boolean;
  readonly seed: number;
  readonly list: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run chaos -- [fault …] [options]
  F03              this fault alone; several may be named
  --short          scaled-down counts, under five minutes in all
  --seed <n>       what peers send at random follows from it: 0 to 4294967295, default 1
  --list           print the faults
  --help           this text
`;

const MAX_SEED = 2 ** 32 - 1;

/** @throws Error with a sentence for the user */
export function parseOptions(args: readonly string[]): ChaosOptions {
  const only: string[] = [];
  const flags = new Set<string>();
  let seed = 1;
  for (let at = 0; at < args.length; at++) {
    const [name = '', inline] = (args[at] ?? '').split(/=(.*)/s);
    if (!name.startsWith('-')) only.push(name);
    else if (['--short', '--list', '--help'].includes(name)) flags.add(name);
    else if (name === '--seed') seed = seedOf(inline ?? args[++at]);
    else throw new Error(`unknown option "${name}"\n\n${USAGE}`);
  }
  const has = (flag: string): boolean => flags.has(flag);
  return { only, seed, short: has('--short'), list: has('--list'), help: has('--help') };
}

function seedOf(text: string | undefined): number {
  const seed = Number(text);
  if (text === undefined || text === '' || !Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) {
    throw new Error(`--seed needs an integer from 0 to ${MAX_SEED}`);
  }
  return seed;
}
