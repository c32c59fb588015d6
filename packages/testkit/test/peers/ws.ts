/** Runs the fixtures against `ws`. */
import { createRequire } from 'node:module';
import {
  compareClient,
  compareFrames,
  compareHandshake,
  bytesOf,
  compareNegotiation,
  judgeFrames,
  type ClientFixture,
  type Family,
  type FixtureBase,
  type FrameFixture,
  type HandshakeFixture,
  type NegotiationFixture,
} from '../../src/index.js';
import { observeFrames } from '../../src/frame-observation.js';
import { fairly } from '../../src/frame-verdict.js';
import { classify } from '../../src/wire/server-handshake.js';
import type { Peer, PeerFinding, PeerResult } from './peer.js';
import { wsClient, wsFrames, wsNegotiation, wsServer } from './ws-adapters.js';

const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string };

export const wsPeer: Peer = {
  name: 'ws',
  version,
  async run(families) {
    const results: PeerResult[] = [];
    for (const family of families) {
      for (const fixture of family.fixtures) {
        const findings = await findingsOf(family, fixture);
        if (findings !== undefined) results.push({ family, fixture, findings });
      }
    }
    return results;
  },
};

async function findingsOf(family: Family, fixture: FixtureBase): Promise<readonly PeerFinding[] | undefined> {
  try {
    return await run(family, fixture);
  } catch (error) {
    return [{ deviation: 'crash', text: String(error) }];
  }
}

async function run({ kind, letter }: Family, fixture: FixtureBase): Promise<readonly PeerFinding[] | undefined> {
  if (kind === 'frames') {
    const frames = fixture as FrameFixture;
    if (wsFrames.pending?.(frames) !== undefined) return undefined;
    if (letter === 'E') return judgeFrames(frames, await observeFrames(wsFrames, frames, [bytesOf(frames.hex)]));
    return fairly(frames, await compareFrames(wsFrames, frames));
  }
  if (kind === 'negotiation') {
    const negotiation = fixture as NegotiationFixture;
    return classify(await compareNegotiation(wsNegotiation, negotiation));
  }
  if (kind === 'handshake') {
    const handshake = fixture as HandshakeFixture;
    return wsServer.pending?.(handshake) === undefined
      ? classify(await compareHandshake(wsServer, handshake))
      : undefined;
  }
  if (kind === 'client') {
    const client = fixture as ClientFixture;
    return wsClient.pending?.(client) === undefined ? classify(await compareClient(wsClient, client)) : undefined;
  }
  return undefined;
}
