import { markdownTable } from '../generated-page.js';
import type { Equivalent } from './equivalent.js';
import { MUTATED_ROOMS } from './plan.js';
import { scoreOf, type FileResult, type Mutant } from './results.js';

const INTRODUCTION = [
  '# Mutation runs',
  '',
  '<!-- Printed by `npm run mutate`; the reasons are in packages/tooling/src/mutation/equivalent-*.ts. -->',
  '',
  'A test proves something when it fails once the code is wrong. `npm run mutate` has Stryker change the sources of',
  '`frame` and `handshake` in every small way that it knows: a condition turned round, a bound moved by one, a statement',
  'taken out, a text emptied. Each change meets the suites of that file (`packages/tooling/src/mutation/plan.ts`), the',
  'byte fixtures among them where they reach it. A change that fails a test, or that makes it run without end, is killed.',
  '',
  'Not counted: changes that keep a suite from loading or end the process that it runs in, since no test had a say; and',
  'what runs only while a module loads, which is tables (`ignoreStatic` in `stryker.config.json`): the gates print pages',
  'from them and compare.',
  '',
  '`npm run mutate -- frame/src/rules` runs some of the files. The results of the others are kept under `reports/`.',
];

/**
 * Prints docs/mutation.md.
 * @param missing sources without a result
 */
export function pageOf(
  results: readonly FileResult[],
  equivalent: readonly Equivalent[],
  missing: readonly string[],
): string {
  const lines = [...INTRODUCTION];
  if (missing.length > 0)
    lines.push('', `Not run as they are now: ${missing.map((each) => `\`${each}\``).join(', ')}.`);
  for (const room of MUTATED_ROOMS) {
    const files = results.filter(({ source, mutants }) => source.startsWith(`packages/${room}/`) && mutants.length > 0);
    if (files.length > 0) lines.push('', `## @sokker/${room}`, '', ...roomLines(files, equivalent));
  }
  return `${lines.join('\n')}\n`;
}

function roomLines(files: readonly FileResult[], equivalent: readonly Equivalent[]): string[] {
  const all = files.flatMap(({ mutants }) => mutants);
  const endless = all.filter((mutant) => mutant.endless).length;
  const rows = files.map(({ source, mutants }) => [shortName(source), scoreOf(mutants).text]);
  const explained: string[][] = [];
  const open: string[][] = [];
  for (const { source, mutants } of files) {
    for (const mutant of mutants.filter(({ killed }) => !killed)) {
      const reason = reasonFor(source, mutant, equivalent);
      const cells = [`${shortName(source)}:${mutant.line}`, inline(mutant.original), inline(mutant.replacement)];
      if (reason === undefined) open.push(cells);
      else explained.push([...cells, reason]);
    }
  }
  return [
    `Killed: ${scoreOf(all).text}, ${endless} of them for running without end.`,
    '',
    ...markdownTable(['Source', 'Killed'], rows),
    ...section('Survivors that no test can or should kill', [...HEAD, 'Why'], explained),
    ...section('Survivors', HEAD, open),
  ];
}

const HEAD = ['Where', 'Code', 'Became'];

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', `### ${title}`, '', ...markdownTable(head, rows)];
}

function reasonFor(source: string, { code, replacement }: Mutant, equivalent: readonly Equivalent[]) {
  return equivalent.find(
    (each) => each.source === source && each.code === code && [replacement, undefined].includes(each.replacement),
  )?.reason;
}

/** Entries that explain nothing any more: their mutant is gone, or killed by now. Only sources with a result are asked. */
export function staleEntries(results: readonly FileResult[], equivalent: readonly Equivalent[]): Equivalent[] {
  return equivalent.filter((entry) => {
    const mutants = results.find(({ source }) => source === entry.source)?.mutants;
    return mutants?.every((mutant) => mutant.killed || reasonFor(entry.source, mutant, [entry]) === undefined);
  });
}

/** `packages/frame/src/web/stage-pair.ts` → `web/stage-pair.ts` */
function shortName(source: string): string {
  return source.replace(/^packages\/[^/]+\/src\//, '');
}

const MOST_SHOWN = 100;

/** Code in a cell: one line, cut, and fenced so that a backtick in it does no harm. */
function inline(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ');
  const shown = line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
  if (shown === '') return 'nothing';
  return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``;
}
