import type { Random } from './random.js';

/** What a run came to: equal numbers for runs that went the same way. A new one keeps the input as a parent. */
export type Outcome = number;

/** One thing to fuzz. An input is bytes alone, so that all are stored, mutated and minimised alike. */
export interface Target {
  readonly name: string;
  /** What is fuzzed, in a few words. */
  readonly title: string;
  /** So many bytes at the start of an input choose settings; the rest is what a peer sends. */
  readonly settingsBytes: number;
  /** Inputs to begin with. */
  seeds(): readonly Buffer[];
  /** A changed copy of `parent`; `other` may lend parts. */
  mutate(parent: Buffer, other: Buffer, random: Random): Buffer;
  /**
   * Runs an input and asks every oracle. Depends on nothing but the input, so that a finding can be replayed.
   * @throws Finding, or anything else: that is a finding too
   */
  execute(input: Buffer): Outcome | Promise<Outcome>;
  /** For the one who reads a finding. */
  describe?(input: Buffer): string;
  /** Holds the memory bound of a long message grown from this input; called now and then, not for each input. */
  probeMemory?(input: Buffer): void;
}

/** An oracle was not satisfied. */
export class Finding extends Error {
  override readonly name = 'Finding';
  readonly oracle: string;

  constructor(oracle: string, detail: string, options?: ErrorOptions) {
    super(`${oracle}: ${detail}`, options);
    this.oracle = oracle;
  }
}

/** @throws Finding unless `holds` */
export function must(holds: boolean, oracle: string, detail: () => string): void {
  if (!holds) throw new Finding(oracle, detail());
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
}

/** What tells one finding from another while it is being minimised: the oracle, or the kind of the error. */
export function kindOf(error: unknown): string {
  if (error instanceof Finding) return `Finding ${error.oracle}`;
  if (!(error instanceof Error)) return 'not an error';
  const { code } = error as NodeJS.ErrnoException;
  return `${error.name} ${code ?? (error.stack?.split('\n')[1] ?? '').trim()}`;
}
