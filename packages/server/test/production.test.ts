import { ATTACH_OPTIONS, SERVER_OPTIONS, SIGNAL_OPTIONS } from '@sokker/server';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boundOf, defaultOf, unitOf, type OptionRow } from '../../tooling/src/option-table.js';

const page = readFileSync(join(__dirname, '../../../docs/production.md'), 'utf8');
const rows = new Map(
  page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, 6),
    )
    .map(([key = '', ...cells]) => [key, cells]),
);
const tables = [SERVER_OPTIONS, SIGNAL_OPTIONS, ATTACH_OPTIONS];
const options = tables.flatMap((table) => Object.entries<OptionRow>(table));

test('docs/production.md has no others', () => {
  expect([...rows.keys()].sort()).toEqual(options.map(([key]) => `\`${key}\``).sort());
});

test.each(options)('docs/production.md has %s as it is in the code', (key, row) => {
  expect(rows.get(`\`${key}\``)).toEqual([defaultOf(row), unitOf(row), boundOf(row), row.text]);
});
