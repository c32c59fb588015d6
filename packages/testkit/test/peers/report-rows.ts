import type { PeerFinding, PeerResult } from './peer.js';

/** From the gravest difference to the least. */
export const DEVIATIONS = ['crash', 'accepts', 'refuses', 'events', 'close code', 'answer', 'late'] as const;

export function gravest({ findings }: PeerResult): PeerFinding | undefined {
  for (const deviation of DEVIATIONS) {
    const found = findings.find((finding) => finding.deviation === deviation);
    if (found !== undefined) return found;
  }
  return undefined;
}
