/** What a peer is to the table of differences. */
import type { Family, FixtureBase } from '../../src/index.js';

/** How a peer differs from a fixture, and a sentence for people. */
export interface PeerFinding {
  readonly deviation: 'accepts' | 'refuses' | 'events' | 'close code' | 'code' | 'late' | 'answer' | 'crash';
  readonly text: string;
}

export interface PeerResult {
  readonly family: Family;
  readonly fixture: FixtureBase;
  /** Empty: the peer does what the fixture says. */
  readonly findings: readonly PeerFinding[];
}

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Runs what it can of these families; a fixture that it leaves out has no result. */
  run(families: readonly Family[]): Promise<readonly PeerResult[]>;
}

/**
 * Fixtures that end inside a frame ask for nothing but an early failure: who has not failed by then may still do so when
 * the message ends.
 */
export function fairly({ id }: FixtureBase, findings: readonly PeerFinding[]): readonly PeerFinding[] {
  if (!id.startsWith('utf8/detect-at/')) return findings;
  return findings.map((finding) => {
    return finding.deviation === 'accepts'
      ? { deviation: 'late', text: 'had not failed when the bytes ended' }
      : finding;
  });
}
