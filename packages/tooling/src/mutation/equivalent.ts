/** A mutant that no test can kill, or that none should, and why. */
export interface Equivalent {
  readonly source: string;
  /** The line of the source, trimmed. */
  readonly code: string;
  /** What the mutated part became; absent: whatever it became. */
  readonly replacement?: string;
  readonly reason: string;
}

/** Mutants of one source that share a reason: lines, trimmed, each with what its mutated parts became. */
export interface EquivalentGroup {
  readonly reason: string;
  readonly mutants: Readonly<Record<string, readonly string[]>>;
}

/** @param groups by name of the source in the room: `web/stage-pair` */
export function equivalentsOf(
  room: string,
  groups: Readonly<Record<string, readonly EquivalentGroup[]>>,
): readonly Equivalent[] {
  return Object.entries(groups).flatMap(([name, all]) =>
    all.flatMap(({ reason, mutants }) =>
      Object.entries(mutants).flatMap(([code, replacements]) => {
        const entry = { source: `packages/${room}/src/${name}.ts`, code, reason };
        return replacements.length === 0 ? [entry] : replacements.map((replacement) => ({ ...entry, replacement }));
      }),
    ),
  );
}
