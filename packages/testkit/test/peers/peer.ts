/** What a peer is to the table of differences. */
import type { Deviation, Family, FixtureBase, WireFinding } from '../../src/index.js';
import type { Difference } from '../../src/frame-verdict.js';

/** How a peer differs from a fixture, and a sentence for people. */
export type PeerFinding = Difference<Deviation | WireFinding['deviation']>;

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
