/** Who is measured, and how each is started. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const PEER_NAMES = [
  'net',
  'ws',
  'ws-native',
  'bun',
  'sokker',
  'sokker-attached',
  'sokker-ws',
  'sokker-raw',
] as const;
export type PeerName = (typeof PEER_NAMES)[number];

export interface Peer {
  readonly name: PeerName;
  readonly label: string;
  /** The program that runs `script`. */
  readonly runtime: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The other add-on, utf-8-validate, is loaded by no `ws` on a Node.js that has `buffer.isUtf8`, as all supported do. */
const WITHOUT_ADDON = { WS_NO_BUFFER_UTIL: '1' };

export const PEER_LABELS = {
  net: 'bare `net`',
  ws: '`ws`',
  'ws-native': '`ws` with add-ons',
  bun: 'Bun',
  sokker: 'Sokker',
  'sokker-attached': 'Sokker on `node:http`',
  'sokker-ws': '`@sokker/ws`',
  'sokker-raw': 'Sokker, raw pipeline',
} as const satisfies Record<PeerName, string>;

export function isPeerName(name: string): name is PeerName {
  return (PEER_NAMES as readonly string[]).includes(name);
}

/** @param rootFolder where node_modules is; @param packageFolder where servers/ is */
export function describePeer(name: PeerName, rootFolder: string, packageFolder: string): Peer {
  const bun = join(rootFolder, 'node_modules', '.bin', 'bun');
  const file = name === 'ws-native' ? 'ws' : name;
  return {
    name,
    label: PEER_LABELS[name],
    runtime: name === 'bun' ? bun : process.execPath,
    script: join(packageFolder, 'servers', `${file}.mjs`),
    env: name === 'ws' ? WITHOUT_ADDON : {},
  };
}

/** Why a peer cannot be started here, as far as that shows before trying. */
export function missingPart(peer: Peer): string | undefined {
  return existsSync(peer.runtime) ? undefined : `${peer.runtime} is not installed`;
}
