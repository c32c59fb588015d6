/** Reasons that mutants of many sources share. */
export const INIT = 'Set before it is read.';
export const SLOW = 'The other way answers the same, more slowly.';
export const XOR = 'No key counts as 0, and masking with 0 changes nothing.';
export const BOUND = 'Takes the other of two ways one frame or byte sooner or later; both answer the same.';

/** A mutant that no test can kill, or that none should, and why. */
export interface Equivalent {
  readonly source: string;
  /** The line of the source, trimmed. */
  readonly code: string;
  /** What the mutated part became; absent: whatever it became. */
  readonly replacement?: string;
  readonly reason: string;
}

/** By line of the source, trimmed: why, and what its mutated parts became; no more than why: whatever they became. */
export type EquivalentLines = Readonly<Record<string, readonly [reason: string, ...replacements: string[]]>>;

/** @param sources by name in the room: `web/stage-pair` */
export function equivalentsOf(room: string, sources: Readonly<Record<string, EquivalentLines>>): readonly Equivalent[] {
  return Object.entries(sources).flatMap(([name, lines]) =>
    Object.entries(lines).flatMap(([code, [reason, ...replacements]]) => {
      const entry = { source: `packages/${room}/src/${name}.ts`, code, reason };
      return replacements.length === 0 ? [entry] : replacements.map((replacement) => ({ ...entry, replacement }));
    }),
  );
}
