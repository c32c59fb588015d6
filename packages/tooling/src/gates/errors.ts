/* docs/errors.md: every code that an error of Sokker can carry, printed from the tables in each package's
 * violations.ts; and no code in the sources that is in none of them. */
import type { Gate, GateContext } from '../gate.js';
import { comparePage, markdownTable } from '../generated-page.js';
import { lineAt } from '../imports.js';
import { readJson, roomsOf, sourcesOf, type Tree } from '../tree.js';

const PAGE = 'docs/errors.md';
const CODE = /\bERR_SOKKER_[A-Z0-9_]+\b/g;
const INTRODUCTION = [
  '# Errors',
  '',
  '<!-- Printed by `npm run check -- --only errors --update` from the violations.ts of the packages. -->',
  '',
  "Every error of Sokker's own classes has a `code` of this list; the code is what to test for, the text may change. What",
  'a peer did wrong also carries the `section` that says so and the `closeCode`, or before the connection is open the',
  'HTTP `status`, that answers it. No such code have `Rejection`, which is what `reject` throws, and errors that are as',
  'the platform has them: the DOMException and TypeError of `WebSocket` and `WebSocketStream`, the SyntaxError of',
  '`message.json()`.',
];

interface Row {
  readonly text: string;
  readonly section?: string;
  readonly closeCode?: number;
  readonly status?: number;
}
interface Table {
  readonly room: string;
  readonly path: string;
  /** The name of the export. */
  readonly name: string;
  readonly rows: readonly (readonly [code: string, row: Row])[];
}

export const errors: Gate = {
  name: 'errors',
  promise: `${PAGE} lists every error code as violations.ts declares it, and the sources use no other`,
  async check(context) {
    const tables = await tablesOf(context);
    const codes = new Set(tables.flatMap(({ rows }) => rows.map(([code]) => code)));
    const faults = [...rowFaults(tables), ...conflicts(tables), ...unknownCodes(context.tree, codes)];
    return comparePage(context, { path: PAGE, text: pageOf(tables), note: `${codes.size} codes`, faults });
  },
};

async function tablesOf({ tree, load }: GateContext): Promise<Table[]> {
  const tables: Table[] = [];
  for (const room of roomsOf(tree)) {
    const path = `packages/${room}/src/violations.ts`;
    if (!tree.has(path)) continue;
    for (const [name, table] of Object.entries(await load(path))) {
      const rows = Object.entries(Object(table) as Record<string, Row>);
      if (rows.some(([code]) => code.startsWith('ERR_SOKKER_'))) tables.push({ room, path, name, rows });
    }
  }
  return tables;
}

function pageOf(tables: readonly Table[]): string {
  const lines = [...INTRODUCTION];
  for (const room of new Set(tables.map((table) => table.room))) {
    lines.push('', `## @sokker/${room}`);
    for (const table of tables.filter((each) => each.room === room)) {
      lines.push('', `### ${titleOf(table)}`, '', ...markdownRows(table));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `VIOLATIONS` → `Violations` */
function titleOf({ name }: Table): string {
  return name.charAt(0) + name.slice(1).toLowerCase().replaceAll('_', ' ');
}

function markdownRows({ rows }: Table): string[] {
  const answers = rows.some(([, row]) => answerOf(row) !== '');
  const answerHead = rows.some(([, row]) => row.status !== undefined) ? 'Status' : 'Close code';
  const cells = rows.map(([code, row]) => {
    const answer = answers ? [answerOf(row), row.section ?? ''] : [];
    return [`\`${code}\``, ...answer, row.text];
  });
  return markdownTable(['Code', ...(answers ? [answerHead, 'Section'] : []), 'Meaning'], cells);
}

function answerOf({ closeCode, status }: Row): string {
  return String(closeCode ?? status ?? '');
}

function rowFaults(tables: readonly Table[]): string[] {
  return tables.flatMap(({ path, name, rows }) =>
    rows.flatMap(([code, row]) => {
      if (code.match(CODE)?.[0] !== code) return [`${path}: ${name}: '${code}' is no code`];
      if (!row.text) return [`${path}: ${name}.${code} has no text`];
      const isAnswered = answerOf(row) !== '';
      return isAnswered && !row.section ? [`${path}: ${name}.${code} names no section`] : [];
    }),
  );
}

/** One code means one thing: leaf packages own their tables and may share a code, but then with the same answer. */
function conflicts(tables: readonly Table[]): string[] {
  const answers = new Map<string, string>();
  return tables.flatMap(({ path, rows }) =>
    rows.flatMap(([code, row]) => {
      const answer = answerOf(row);
      const known = answers.get(code) ?? answer;
      answers.set(code, known);
      return known === answer ? [] : [`${path}: ${code} is answered with ${answer}, elsewhere with ${known}`];
    }),
  );
}

function unknownCodes(tree: Tree, codes: ReadonlySet<string>): string[] {
  const rooms = roomsOf(tree).filter((room) => readJson(tree, `packages/${room}/package.json`).private !== true);
  return rooms.flatMap((room) =>
    sourcesOf(tree, room).flatMap((path) => {
      const text = tree.read(path);
      const unknown = [...text.matchAll(CODE)].filter(([code]) => !codes.has(code));
      return unknown.map(({ 0: code, index }) => `${path}:${lineAt(text, index)}: ${code} is in no violations.ts`);
    }),
  );
}
