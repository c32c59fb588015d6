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
import { probeWs } from './ws-probes.js';
import { wsPeer } from './ws.js';

const page = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'peers.md');
const families: readonly Family[] = Object.values(fixtures);
const peers: Peer[] = [wsPeer];
const websockets = websocketsPeer();
if (websockets === undefined) console.error('python-websockets is not installed for /usr/bin/python3: left out');
else peers.push(websockets);

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
