/** Writes what peers do with the fixtures as a page for docs. */
import { fixtures } from '../../src/index.js';
import { baselineTable } from './baseline.js';
import type { Peer, PeerResult } from './peer.js';
import { WIRE_DEVIATIONS as DEVIATIONS } from '../../src/wire/result.js';
import { gravest } from '../../src/wire/summary.js';
import type { Probe } from './ws-probes.js';

const MEANINGS: Readonly<Record<(typeof DEVIATIONS)[number], string>> = {
  accepts: 'goes on where it must fail or refuse',
  refuses: 'fails or refuses what is legal',
  events: 'delivers something else',
  'close code': 'fails, with another close code',
  answer: 'refuses, with another HTTP status or other fields',
  late: 'fails, but at a later byte than the first at which that is knowable',
  crash: 'the fixture could not be run to its end',
};

export interface PeerReport {
  readonly peer: Peer;
  readonly results: readonly PeerResult[];
}

export function report(reports: readonly PeerReport[], probes: readonly Probe[]): string {
  const names = new Intl.ListFormat('en').format(reports.map(({ peer }) => `${peer.name} ${peer.version}`));
  return [
    '# What peers do with the fixtures',
    '',
    `Printed by \`node --import tsx packages/testkit/test/peers/compare.ts\`, which runs the fixtures against ${names}.`,
    'A fixture counts once, under the gravest of its differences. Sokker itself is in [compliance.md](compliance.md).',
    '',
    ...DEVIATIONS.map((deviation) => `- **${deviation}**: ${MEANINGS[deviation]}`),
    '',
    'ws and python-websockets are called in process, as servers and clients; Bun is met on the wire in both roles, by what',
    '`npx @sokker/testkit` does, Chromium as a client. What is not run: origins, request line and Host for python-websockets',
    '(it leaves these to its caller), what needs limits or subprotocols on the wire, closing scripts, encoders and HTTP/2. "Late" is a matter of latency and memory, not of safety by itself: most of it is one byte, because',
    'a decoder waits for two bytes before it looks at the first.',
    '',
    ...reports.flatMap(summary),
    ...baselineTable(reports.map(({ peer, results }) => ({ name: peer.name, results }))),
    ...probeTable(probes),
    ...reports.flatMap(groups),
  ].join('\n');
}

function summary({ peer, results }: PeerReport): string[] {
  const rows = Object.values(fixtures).flatMap(({ letter, title }) => {
    const ran = results.filter(({ family }) => family.letter === letter);
    if (ran.length === 0) return [];
    const counts = DEVIATIONS.map(
      (deviation) => ran.filter((result) => gravest(result.findings)?.deviation === deviation).length,
    );
    const right = ran.filter(({ findings }) => findings.length === 0).length;
    return [`| ${letter} ${title} | ${[ran.length, right, ...counts].join(' | ')} |`];
  });
  return [
    `## ${peer.name} ${peer.version}, by family`,
    '',
    `| family | run | as the fixture says | ${DEVIATIONS.join(' | ')} |`,
    `|---|${'---:|'.repeat(DEVIATIONS.length + 2)}`,
    ...rows,
    '',
  ];
}

function probeTable(probes: readonly Probe[]): string[] {
  const rows = probes.map(({ what, peer, wanted }) => `| ${what} | ${peer} | ${wanted} |`);
  return [
    '## Probes of ws that are no fixtures',
    '',
    'What its own interface lets through.',
    '',
    '| probe | ws | Sokker |',
    '|---|---|---|',
    ...rows,
    '',
  ];
}

function groups({ peer, results }: PeerReport): string[] {
  const deviating = results.flatMap((result) => {
    const finding = gravest(result.findings);
    return finding === undefined ? [] : [{ ...result, finding, group: groupOf(result.fixture.id) }];
  });
  const keys = new Map(deviating.map((each) => [`${each.group} ${each.finding.deviation}`, each]));
  const rows = [...keys].map(([key, { group, finding }]) => {
    const same = deviating.filter((each) => `${each.group} ${each.finding.deviation}` === key);
    const all = results.filter(({ fixture }) => groupOf(fixture.id) === group).length;
    const [example] = same;
    const text = `\`${example?.fixture.id}\`: ${escaped(example?.finding.text ?? '')}`;
    const others = same.slice(1).map(({ fixture }) => shortId(fixture.id));
    const more = others.length === 0 || finding.deviation === 'late' ? '' : `; also ${listed(others)}`;
    return `| ${group} | ${finding.deviation} | ${same.length} of ${all} | ${text}${more} |`;
  });
  const head = ['| group | difference | fixtures | for example |', '|---|---|---:|---|'];
  return [`## ${peer.name} ${peer.version}, by group of fixtures`, '', ...head, ...rows, ''];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  return names.length > 12 ? `${shown.join(', ')} and ${names.length - 12} more` : shown.join(', ');
}

/** The first two parts of an id. */
function groupOf(id: string): string {
  return id.split('/').slice(0, 2).join('/');
}

function shortId(id: string): string {
  return id.split('/').slice(2).join('/');
}

function escaped(text: string): string {
  const line = text.length > 120 ? `${text.slice(0, 120)}…` : text;
  return line.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
