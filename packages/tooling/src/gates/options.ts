/* docs/options.md: every option with its default, unit and bound, printed from the tables that validate them.
 * A package declares a table `DECODER_OPTIONS` in an `options.ts`; the interface `DecoderOptions` of the same package
 * must have the same keys. */
import type { Gate, GateContext } from '../gate.js';
import { comparePage, markdownTable } from '../generated-page.js';
import { interfacesOf, type OptionInterface } from '../option-interface.js';
import { defaultOf, isOptionTable, boundOf, type OptionTable, tableFaults, unitOf } from '../option-table.js';
import { ROOMS } from '../rooms.js';
import { roomsOf, sourcesOf, type Tree } from '../tree.js';

const PAGE = 'docs/options.md';
const INTRODUCTION = [
  '# Options',
  '',
  '<!-- Printed by `npm run check -- --only options --update` from the option tables of the packages. -->',
  '',
  'Every option object is copied and checked once, at construction: an unknown key, or a value that is not within its',
  'bound, throws `UsageError` `ERR_SOKKER_OPTION`. Nothing is coerced. `Infinity`, where it is taken, means no limit.',
  '',
  'One is the exception: `send`, and `offer` with it, is called for every message. It checks the options that it knows, with',
  '`ERR_SOKKER_ARGUMENT`, and passes over any other key. `@sokker/ws` passes over keys that it does not know, as `ws` does, and',
  'hands those of a client to node:http and node:tls.',
];

interface DeclaredTable {
  readonly path: string;
  /** `DECODER_OPTIONS` */
  readonly name: string;
  readonly table: OptionTable;
}

export const options: Gate = {
  name: 'options',
  promise: `${PAGE} lists every option as the code declares it, and every options interface has its table`,
  async check(context) {
    const faults: string[] = [];
    const lines = [...INTRODUCTION];
    let count = 0;
    for (const room of roomsOf(context.tree)) {
      const interfaces = interfacesOf(context.tree, room);
      const declared = await tablesOf(context, room);
      faults.push(...disagreements(declared, interfaces, room));
      // A table without an interface of its own is a part of others.
      const tables = declared.filter((each) => interfaces.some(({ name }) => name === interfaceName(each.name)));
      if (tables.length > 0) lines.push('', `## @sokker/${room}`);
      for (const { path, name, table } of tables) {
        const found = tableFaults(table, ROOMS[room]?.foreignNames);
        faults.push(...found.map((fault) => `${path}: ${name}.${fault}`));
        lines.push('', `### ${interfaceName(name)}`, '', ...rows(table));
        count += Object.keys(table).length;
      }
    }
    return comparePage(context, { path: PAGE, text: `${lines.join('\n')}\n`, note: `${count} options`, faults });
  },
};

async function tablesOf({ tree, load }: GateContext, room: string): Promise<DeclaredTable[]> {
  const tables: DeclaredTable[] = [];
  for (const path of optionFiles(tree, room)) {
    for (const [name, table] of Object.entries(await load(path))) {
      if (name.endsWith('_OPTIONS') && isOptionTable(table)) tables.push({ path, name, table });
    }
  }
  return tables.sort((a, b) => a.name.localeCompare(b.name));
}

function optionFiles(tree: Tree, room: string): string[] {
  return sourcesOf(tree, room).filter((path) => /[/-]options\.ts$/.test(path));
}

/** `DECODER_OPTIONS` → `DecoderOptions` */
export function interfaceName(table: string): string {
  return table
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function disagreements(
  tables: readonly DeclaredTable[],
  interfaces: readonly OptionInterface[],
  room: string,
): string[] {
  const faults: string[] = [];
  for (const { name, path, keys } of interfaces) {
    const declared = tables.find((table) => interfaceName(table.name) === name);
    if (declared === undefined) {
      faults.push(`${path}: ${name} has no table in an options.ts of ${room}`);
      continue;
    }
    const known = Object.keys(declared.table);
    for (const key of keys.filter((each) => !known.includes(each)))
      faults.push(`${declared.path}: ${declared.name} lacks ${key} of ${name}`);
    for (const key of known.filter((each) => !keys.includes(each)))
      faults.push(`${path}: ${name} lacks ${key} of ${declared.name}`);
  }
  return faults;
}

function rows(table: OptionTable): string[] {
  const cells = Object.entries(table).map(([key, spec]) => [
    `\`${key}\``,
    defaultOf(spec),
    unitOf(spec),
    boundOf(spec),
    spec.text,
  ]);
  return markdownTable(['Option', 'Default', 'Unit', 'Bound', 'Meaning'], cells);
}
