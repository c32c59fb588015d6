/**
 * Runs the fixtures against peers, prints the differences, and writes them to docs/peers.md:
 * `node --import tsx packages/testkit/test/peers/compare.ts [--quiet]`
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtures, type Family } from '../../src/index.js';
import type { Peer } from './peer.js';
import { report, type PeerReport } from './report.js';
import { websocketsPeer } from './python-websockets.js';
import { bunPeer, chromiumPeer } from './wire-peers.js';
import { probeWs } from './ws-probes.js';
import { wsPeer } from './ws.js';

const page = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'peers.md');
const families: readonly Family[] = Object.values(fixtures);
const peers: Peer[] = [wsPeer, bunPeer];
for (const [name, peer] of [
  ['python-websockets, for /usr/bin/python3,', websocketsPeer()],
  ['Chromium', chromiumPeer()],
] as const) {
  if (peer === undefined) console.error(`${name} is not installed: left out`);
  else peers.push(peer);
}

const reports: PeerReport[] = [];
for (const peer of peers) {
  const started = performance.now();
  const results = await peer.run(families);
  reports.push({ peer, results });
  console.error(`${peer.name}: ${results.length} fixtures in ${Math.round(performance.now() - started)} ms`);
}
const text = report(reports, await probeWs());
if (!process.argv.includes('--quiet')) console.log(text);
writeFileSync(page, text);
// Sockets that a peer never lets go would keep the process.
process.exit(0);
