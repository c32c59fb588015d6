/** A mutant that no test can kill, or that none should, and why. */
export interface Equivalent {
  readonly source: string;
  /** The line of the source, trimmed. */
  readonly code: string;
  /** What the mutated part became; absent: whatever it became. */
  readonly replacement?: string;
  readonly reason: string;
}

export const EQUIVALENT: readonly Equivalent[] = [];
