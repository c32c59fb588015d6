import { boundOf, defaultOf, isOptionTable, type OptionRow, tableFaults } from '../src/option-table.js';

const number = (row: Partial<OptionRow>): OptionRow => ({
  kind: 'number',
  default: 1,
  unit: 'bytes',
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  infinity: false,
  text: 'Meaning.',
  ...row,
});

describe('an option as text', () => {
  const rows: [OptionRow, string, string][] = [
    [number({ default: 1048576, infinity: true }), '1048576 (1 MiB)', '1 to 2⁵³−1, `Infinity`'],
    [number({ default: 65536, max: 65536 }), '65536 (64 KiB)', '1 to 65536'],
    [number({ default: 1000 }), '1000', '1 to 2⁵³−1'],
    [number({ default: 4096, unit: 'ms' }), '4096', '1 to 2⁵³−1'],
    [number({ default: Infinity, infinity: true }), '`Infinity`', '1 to 2⁵³−1, `Infinity`'],
    [{ kind: 'choice', default: 'a', values: ['a', 'b'], text: '' }, "`'a'`", "`'a'`, `'b'`"],
    [{ kind: 'choice', values: ['a'], text: '' }, 'required', "`'a'`"],
    [{ kind: 'flag', default: false, text: '' }, '`false`', '`true`, `false`'],
    [{ kind: 'value', default: 'none', expected: 'a function', text: '' }, 'none', 'a function'],
  ];
  test.each(rows)('%j', (row, byDefault, bound) => {
    expect(defaultOf(row)).toBe(byDefault);
    expect(boundOf(row)).toBe(bound);
  });
});

describe('what is wrong with a table', () => {
  test.each<[string, OptionRow, string]>([
    ['maxBytes', number({ text: '' }), 'has no text'],
    ['maxBytes', number({ default: 0 }), 'its default is outside its bound'],
    ['maxBytes', number({ default: Infinity }), 'its default is outside its bound'],
    ['limit', number({}), 'counts bytes, which its name does not say'],
    ['timeout', number({ unit: 'ms' }), 'counts ms, which its name does not say'],
    ['mode', { kind: 'choice', default: 'c', values: ['a'], text: 'x' }, 'its default is none of its values'],
  ])('%s: %j', (key, row, fault) => {
    expect(tableFaults({ [key]: row })).toEqual([`${key}: ${fault}`]);
  });

  test('nothing, mostly', () => {
    expect(tableFaults({ maxBytes: number({}), fragments: number({ unit: 'frames' }) })).toEqual([]);
  });
});

test.each([[undefined], ['text'], [{ a: 1 }], [{ a: { kind: 'other' } }]])('%j is no table', (value) => {
  expect(isOptionTable(value)).toBe(false);
});

test('names that are those of another library need not name their units', () => {
  const table = { limit: number({}), timeout: number({ unit: 'ms', text: '' }) };
  expect(tableFaults(table, true)).toEqual(['timeout: has no text']);
});
