/** Runs contestants in turn, A B C, B C A, …: what disturbs the machine for a while disturbs all of them alike. */
import type { Series } from './results.js';

export interface Contestant {
  readonly name: string;
  readonly label: string;
  /** Starts what is needed and warms it up. */
  prepare(): Promise<void>;
  /** One measurement. */
  sample(): Promise<number>;
  dispose(): Promise<void>;
}

interface Entry {
  readonly contestant: Contestant;
  readonly values: (number | undefined)[];
  failure?: string;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** @param onStep told before each measurement whose turn it is, for the progress line */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
  onStep: (round: number, label: string) => void,
): Promise<Series[]> {
  const entries: Entry[] = contestants.map((contestant) => ({ contestant, values: [] }));
  try {
    for (const entry of entries) {
      onStep(0, entry.contestant.label);
      await attempt(entry, () => entry.contestant.prepare());
    }
    for (let round = 0; round < rounds; round++) {
      const turn = entries.map((_, i) => entries[(i + round) % entries.length] as Entry);
      for (const entry of turn) {
        onStep(round + 1, entry.contestant.label);
        await attempt(entry, async () => {
          entry.values[round] = await entry.contestant.sample();
        });
      }
    }
  } finally {
    await Promise.allSettled(entries.map(({ contestant }) => contestant.dispose()));
  }
  return entries.map(({ contestant: { name, label }, values, failure }) => ({
    name,
    label,
    values: Array.from({ length: rounds }, (_, round) => values[round]),
    ...(failure === undefined ? {} : { failure }),
  }));
}

/** The first failure puts a contestant out for the rest of the row; the others go on. */
async function attempt(entry: Entry, step: () => Promise<void>): Promise<void> {
  if (entry.failure !== undefined) return;
  try {
    await step();
  } catch (error) {
    entry.failure = reasonOf(error);
  }
}
