import type { Deviation, Difference } from '../frame-verdict.js';
import type { FixtureBase } from '../fixture.js';

/** From the gravest to the least. */
export const WIRE_DEVIATIONS = [
  'crash',
  'accepts',
  'refuses',
  'events',
  'close code',
  'answer',
  'late',
] as const satisfies readonly (Exclude<Deviation, 'code'> | 'crash' | 'answer')[];

/**
 * How an endpoint differs from a fixture, and a sentence for people. Beside those of decoders: `'answer'`, a request or its answer
 * has other fields; `'crash'`, the fixture could not be run to its end.
 */
export type WireFinding = Difference<(typeof WIRE_DEVIATIONS)[number]>;

/** What became of a fixture that was played to an endpoint. */
export interface WireResult {
  readonly fixture: FixtureBase;
  /** Why it was not run, or says nothing of this endpoint. */
  readonly pending: string | undefined;
  /** Empty: the endpoint does what the fixture says. */
  readonly findings: readonly WireFinding[];
}

/** What a fixture showed. */
export type Verdict = Omit<WireResult, 'fixture'>;

export function pendingFor(reason: string): Verdict {
  return { pending: reason, findings: [] };
}

export function found(findings: readonly WireFinding[]): Verdict {
  return { pending: undefined, findings };
}

/** Says of findings how the fixture was played. */
export function cutBy(byteByByte: boolean, findings: readonly WireFinding[]): readonly WireFinding[] {
  if (!byteByByte) return findings;
  return findings.map(({ deviation, text }) => ({ deviation, text: `byte by byte: ${text}` }));
}
