/** The command line. */
import { isPeerName, PEER_NAMES, type PeerName } from './peers.js';

export interface BenchOptions {
  /** Rows whose id matches. */
  readonly only: RegExp;
  readonly peers: readonly PeerName[];
  /** Three short rounds: to see that everything runs. */
  readonly quick: boolean;
  /** Print the results as JSON. */
  readonly json: boolean;
  /** Whether the page is written: not with `quick`, `json`, or peers that were chosen, whose rows would lack the others. */
  readonly writes: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]
  --only <regexp>   rows whose name matches; the other rows of docs/performance.md stay as they are
  --peers <a,b>     peers to measure beside Sokker, nothing written: ${PEER_NAMES.join(', ')}
  --quick           three short rounds, nothing written
  --json            print the results as JSON, nothing written
  --list            print the names of the rows
  --help            this text
Each row is written when it is done, so a run that is interrupted keeps what it has measured. A row in which Sokker failed
is not written, and the exit status is 1.
`;

function parsePeers(list: string): PeerName[] {
  const names = list.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !isPeerName(name));
  if (unknown !== undefined) throw new Error(`unknown peer "${unknown}": one of ${PEER_NAMES.join(', ')}`);
  return names.filter(isPeerName);
}

/** @throws Error with a sentence for the user */
export function parseOptions(args: readonly string[]): BenchOptions {
  const flags = new Set<string>();
  let only = /(?:)/;
  let peers: readonly PeerName[] = PEER_NAMES;
  for (let i = 0; i < args.length; i++) {
    const [name = '', inline] = (args[i] ?? '').split(/=(.*)/s);
    if (['--quick', '--json', '--list', '--help'].includes(name)) {
      flags.add(name);
      continue;
    }
    if (name !== '--only' && name !== '--peers') throw new Error(`unknown option "${name}"\n\n${USAGE}`);
    const value = inline ?? args[++i];
    if (value === undefined) throw new Error(`${name} needs a value`);
    if (name === '--only') only = new RegExp(value);
    else peers = parsePeers(value);
  }
  const has = (flag: string): boolean => flags.has(flag);
  const [quick, json] = [has('--quick'), has('--json')];
  const writes = !quick && !json && peers === PEER_NAMES;
  return { only, peers, quick, json, writes, list: has('--list'), help: has('--help') };
}
