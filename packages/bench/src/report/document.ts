/** docs/performance.md: the generated part stands between two markers, what people write around it is kept. */
import type { RowResult } from '../results.js';
import { figure, interval, isSaturated, isUndecided, quantity, verdict } from './format.js';
import { SECTIONS, type Report, type Sitting } from './store.js';

export const START_MARKER = '<!-- bench:start (written by `npm run bench`; edits in here are lost) -->';
export const END_MARKER = '<!-- bench:end -->';
const NEW_PAGE = `# Performance\n\n${START_MARKER}\n${END_MARKER}\n`;
const SECTION_TITLES = {
  server: 'Servers',
  decode: 'Decoding, in process',
  encode: 'Encoding, in process',
} as const satisfies Record<RowResult['section'], string>;
const SECTION_NOTES = {
  server:
    'Processor time of the server process per message, delivery or connection, unless the row says otherwise. ' +
    'What is in flight is so on each connection.',
  decode: 'Processor time per message: `FrameDecoder` and assembler against the `Receiver` of `ws`.',
  encode:
    'Processor time per message, into a stream that swallows: `EncoderCore` and the write of what it made against the ' +
    '`Sender` of `ws`, whose `send` corks and writes. What a connection of Sokker does around that, to put messages in ' +
    'order and to choose when they leave, is not in these rows but in the echoes above.',
} as const satisfies Record<RowResult['section'], string>;
/** A row that ought to have a result. */
export type Wanted = Pick<RowResult, 'id' | 'section' | 'title'>;

const SIGNS = { aim: '★', bar: '✓', missed: '✗', none: '' } as const;

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function valueCell(row: RowResult, name: string): string {
  const standing = row.standings.find((candidate) => candidate.name === name);
  if (standing === undefined) return '–';
  return `${quantity(row, standing.value.median)}${isSaturated(standing) ? ' †' : ''}`;
}

/** The subject's: a peer that failed on the way has fewer, and its cell says so. */
function roundsOf({ standings, subject }: RowResult): number {
  return standings.find(({ name }) => name === subject)?.value.count ?? 0;
}

function titleCell(row: RowResult): string {
  const { title, date, commit } = row;
  return `${title}<br>${[`${roundsOf(row)} rounds`, date, ...(commit === undefined ? [] : [commit])].join(', ')}`;
}

function peerCell(row: RowResult, name: string): string {
  const result = row.ratios.find(({ against }) => against === name);
  if (result === undefined) return valueCell(row, name);
  const limits = result.atMost === undefined ? '' : ` (${result.atMost} / ${result.aim ?? '–'})`;
  const sign = SIGNS[verdict(result)] + (isUndecided(result) ? '≈' : '');
  const ratio = `${sign} **${figure(result.ratio.median)}**${limits}`.trimStart();
  const { count } = result.ratio;
  const rounds = count < roundsOf(row) ? `, ${count} rounds` : '';
  return `${valueCell(row, name)}<br>${ratio}<br>${interval(result.ratio)}${rounds}`;
}

/** One column for Sokker, in whichever form the row asks for, and one for each peer: its value, and the ratio to it. */
function sectionTable(rows: readonly RowResult[]): string {
  const peers = new Map(
    rows.flatMap(({ standings, subject }) =>
      standings.filter(({ name }) => name !== subject).map(({ name, label }) => [name, label] as const),
    ),
  );
  const head = ['', 'Sokker', ...peers.values()];
  const body = rows.map((row) => [
    titleCell(row),
    valueCell(row, row.subject),
    ...[...peers.keys()].map((name) => peerCell(row, name)),
  ]);
  return table(head, body);
}

function origin({ machine, versions }: Sitting): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `Measured on ${machine.processor}, ${machine.processors} processors, ${machine.memoryGiB} GiB, ` +
    `${machine.system}; ${machine.placement}. Versions: ${names.join(', ')}.`
  );
}

const LEGEND =
  'Values are medians; below the value of each peer stands the ratio of Sokker to it, smaller is better: the median ' +
  'of the ratios of interleaved rounds, in brackets what it has to be at most and the aim, and the interval that holds ' +
  'it with 95 % (with fewer than six rounds: the extremes). By the median ★ aim reached, ✓ within the bar, ✗ over it; ' +
  '≈ where the interval reaches to the other side of the limit that decided, so that the sign is not certain. Below ' +
  'the name of a row stand its rounds, the day, and the commit of Sokker where it is known (+ where files had changed).';

function missingNote(rows: readonly RowResult[]): string[] {
  const reasons = new Set(rows.flatMap((row) => row.missing.map(({ label, reason }) => `${label}: ${reason}`)));
  return reasons.size === 0 ? [] : [`Not measured: ${[...reasons].join('; ')}.`];
}

function saturatedNote(rows: readonly RowResult[]): string[] {
  const note = '† The load was busy nearly all the time: it, not the server, set the pace.';
  return rows.some(({ standings }) => standings.some(isSaturated)) ? [note] : [];
}

function absentNote(rows: readonly Wanted[]): string[] {
  return rows.length === 0 ? [] : [`Not measured on this machine: ${rows.map(({ title }) => title).join('; ')}.`];
}

/** @param wanted those of them that the report lacks are named in their section */
export function generatedPart(report: Report, wanted: readonly Wanted[]): string {
  const parts = ['![Ratios of Sokker to its peers](performance.svg)', LEGEND];
  for (const section of SECTIONS) {
    const sitting = report.find((each) => each.section === section);
    const rows = sitting?.rows ?? [];
    const absent = wanted.filter((row) => row.section === section && !rows.some(({ id }) => id === row.id));
    if (rows.length + absent.length === 0) continue;
    parts.push(`## ${SECTION_TITLES[section]}`, SECTION_NOTES[section]);
    if (sitting !== undefined)
      parts.push(origin(sitting), sectionTable(rows), ...saturatedNote(rows), ...missingNote(rows));
    parts.push(...absentNote(absent));
  }
  return parts.join('\n\n');
}

/** @throws Error when the page has lost a marker */
export function replaceGenerated(page: string | undefined, generated: string): string {
  const current = page ?? NEW_PAGE;
  const start = current.indexOf(START_MARKER);
  const end = current.indexOf(END_MARKER);
  if (start === -1 || end < start)
    throw new Error('docs/performance.md has lost its bench:start and bench:end markers');
  return `${current.slice(0, start + START_MARKER.length)}\n\n${generated}\n\n${current.slice(end)}`;
}
