/** Rows by which servers and clients are commonly compared, each with the fixtures that show it. */
import type { PeerResult } from './peer.js';
import { gravest } from '../../src/wire/summary.js';

const ROWS: readonly (readonly [what: string, ...ids: string[]])[] = [
  [
    'a length in more bits than it needs',
    'header/minimal-length/text-1-in-16-bits-server',
    'header/minimal-length/text-125-in-64-bits-server',
  ],
  ['the sign bit of a 64-bit length', 'header/length-sign/8000000000000000-server'],
  ['two final DEFLATE blocks in one message', 'deflate/blocks/final-then-more-server'],
  ['RSV1 on a message without a byte', 'deflate/broken/no-bytes-server', 'deflate/broken/no-bytes-then-good-server'],
  ['DEFLATE cut off inside a block', 'deflate/broken/truncated-server'],
  [
    'text that is wrong in a message still open',
    'utf8/detect-at/impossible-after-8-server',
    'utf8/fragments/bad-second-fragment-server',
  ],
  [
    'Sec-WebSocket-Version 0xd, 13.0, 013, 8',
    'handshake/version/0xd',
    'handshake/version/13.0',
    'handshake/version/013',
    'handshake/version/8',
  ],
  ['Sec-WebSocket-Version 12', 'handshake/version/12'],
  ['no Host', 'handshake/host/missing'],
  ['HTTP/1.0', 'handshake/http-version/1.0'],
  ['a body before the upgrade', 'handshake/body/content-length-5', 'handshake/body/chunked'],
  [
    'an offer with an unknown parameter; a bad offer, then a good one',
    'negotiation/declined/undefined-parameter-server',
    'negotiation/declined/then-good-offer-server',
  ],
  ['server_max_window_bits=08', 'negotiation/windows/server-08-server'],
  ['101 without Connection', 'client/response/connection-missing'],
  ['101 with Content-Length', 'client/response/content-length'],
  ['101 in HTTP/1.0', 'client/response/http-1.0'],
  ['101 with the extension header twice', 'negotiation/answer/header-twice-client'],
];

/** A table with one line per row; a peer that did not run a fixture has a dash. */
export function baselineTable(
  peers: readonly { readonly name: string; readonly results: readonly PeerResult[] }[],
): string[] {
  const head = ['probe', ...peers.map(({ name }) => name)];
  const rows = ROWS.map(([what, ...ids]) => [what, ...peers.map(({ results }) => verdict(ids, results))]);
  return [
    '## Well-known probes',
    '',
    'Some single fixtures that are often asked about.',
    '',
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ];
}

function verdict(ids: readonly string[], results: readonly PeerResult[]): string {
  const ran = results.filter(({ fixture }) => ids.includes(fixture.id));
  if (ran.length === 0) return '–';
  const wrong = new Set(ran.flatMap((result) => gravest(result.findings)?.deviation ?? []));
  const texts = new Set(ran.flatMap((result) => gravest(result.findings)?.text ?? []));
  return wrong.size === 0 ? 'right' : `**${[...wrong].join(', ')}**: ${[...texts].join('; ')}`;
}
