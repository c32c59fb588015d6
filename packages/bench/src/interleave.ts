/**
 * Runs contestants in turn, A B C, C B A, B C A, A C B, …: what disturbs the machine for a while disturbs all of them
 * alike, and in two rounds each comes as late as any other. Whoever stands at the turn follows itself; that moves on with
 * each two rounds.
 */
import type { Series } from './results.js';
import { median } from './statistics.js';

export interface Sample {
  readonly value: number;
  /** The share of a processor that the load took meanwhile, where there is a load. */
  readonly loadShare?: number;
}

export interface Contestant {
  readonly name: string;
  readonly label: string;
  /** Starts what is needed and warms it up, in place of what was started before. */
  prepare(): Promise<void>;
  /** One measurement. */
  sample(): Promise<Sample>;
  dispose(): Promise<void>;
}

interface Entry {
  readonly contestant: Contestant;
  readonly values: (number | undefined)[];
  readonly loadShares: number[];
  failure?: string;
}

/**
 * Two processes of one program differ by more than two samples of one process, in what V8 compiled and where memory
 * lies: with a fresh one every few rounds the interval holds that too.
 */
const ROUNDS_OF_A_PROCESS = 3;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function orderOf(entries: readonly Entry[], round: number): Entry[] {
  const first = (round >> 1) % entries.length;
  const turn = [...entries.slice(first), ...entries.slice(0, first)];
  return round % 2 === 0 ? turn : turn.reverse();
}

/** @param onStep told before each step whose turn it is, for the progress line: round 0 is a warm-up */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
  onStep: (round: number, label: string) => void,
): Promise<Series[]> {
  const entries: Entry[] = contestants.map((contestant) => ({ contestant, values: [], loadShares: [] }));
  try {
    for (let round = 0; round < rounds; round++) {
      const turn = orderOf(entries, round);
      for (const entry of round % ROUNDS_OF_A_PROCESS === 0 ? turn : []) {
        onStep(0, entry.contestant.label);
        await attempt(entry, () => entry.contestant.prepare());
      }
      for (const entry of turn) {
        onStep(round + 1, entry.contestant.label);
        await attempt(entry, async () => {
          const { value, loadShare } = await entry.contestant.sample();
          entry.values[round] = value;
          if (loadShare !== undefined) entry.loadShares.push(loadShare);
        });
      }
    }
  } finally {
    await Promise.allSettled(entries.map(({ contestant }) => contestant.dispose()));
  }
  return entries.map(({ contestant: { name, label }, values, loadShares, failure }) => ({
    name,
    label,
    values: Array.from({ length: rounds }, (_, round) => values[round]),
    ...(loadShares.length === 0 ? {} : { loadShare: median(loadShares) }),
    ...(failure === undefined ? {} : { failure }),
  }));
}

/** The first failure puts a contestant out for the rest of the row, and ends its process; the others go on. */
async function attempt(entry: Entry, step: () => Promise<void>): Promise<void> {
  if (entry.failure !== undefined) return;
  try {
    await step();
  } catch (error) {
    entry.failure = reasonOf(error);
    // One that hangs would take processor time from the others.
    await entry.contestant.dispose().catch(() => {});
  }
}
