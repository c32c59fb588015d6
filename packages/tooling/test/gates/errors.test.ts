import { errors } from '../../src/gates/errors.js';
import { checkGate, type Setting } from '../memory-tree.js';

const TABLE = 'packages/frame/src/violations.ts';
const files = { 'packages/frame/package.json': {}, [TABLE]: '' };
const row = { closeCode: 1002, section: 'RFC 6455 §5.2', text: 'a bit is set' };
const check = async (tables: object, setting: Partial<Setting> = {}) =>
  checkGate(errors, { files, modules: { [TABLE]: tables as Record<string, unknown> }, update: true, ...setting });

describe('the page of errors', () => {
  test('is printed from the tables, with the answer where there is one', async () => {
    const { tree, note, failures } = await check({
      VIOLATIONS: { ERR_SOKKER_BITS: row },
      USAGE: { ERR_SOKKER_OPTION: { text: 'an option is wrong' } },
      isViolation: () => false,
    });
    expect({ note, failures }).toEqual({ note: '2 codes', failures: [] });
    const page = tree.read('docs/errors.md');
    expect(page).toContain(
      '### Violations\n\n| Code | Close code | Section | Meaning |\n| --- | --- | --- | --- |\n' +
        '| `ERR_SOKKER_BITS` | 1002 | RFC 6455 §5.2 | a bit is set |\n',
    );
    expect(page).toContain('### Usage\n\n| Code | Meaning |');
  });

  test('an answer before the connection is open is a status', async () => {
    const { tree } = await check({
      VIOLATIONS: { ERR_SOKKER_HOST: { status: 400, section: 'RFC 6455 §4.2.1', text: 'x' } },
    });
    expect(tree.read('docs/errors.md')).toContain('| Code | Status | Section | Meaning |');
  });

  test('is stale when a row has changed', async () => {
    const { failures } = await check({ VIOLATIONS: { ERR_SOKKER_BITS: row } }, { update: false });
    expect(failures).toEqual(['docs/errors.md: is not what the code says (--update prints it anew)']);
  });

  test.each<[string, object, string]>([
    ['a row without a sentence', { ERR_SOKKER_A: { ...row, text: '' } }, 'VIOLATIONS.ERR_SOKKER_A has no text'],
    [
      'an answer without its rule',
      { ERR_SOKKER_A: { closeCode: 1002, text: 'x' } },
      'VIOLATIONS.ERR_SOKKER_A names no section',
    ],
    ['a code in another form', { ERR_SOKKER_A: row, ERR_SOKKER_b: row }, "VIOLATIONS: 'ERR_SOKKER_b' is no code"],
  ])('%s', async (_name, table, failure) => {
    expect((await check({ VIOLATIONS: table })).failures).toEqual([`${TABLE}: ${failure}`]);
  });

  test('a code that two packages answer differently', async () => {
    const other = 'packages/handshake/src/violations.ts';
    const modules = {
      [TABLE]: { VIOLATIONS: { ERR_SOKKER_A: row } },
      [other]: { VIOLATIONS: { ERR_SOKKER_A: { ...row, closeCode: 1003 } } },
    };
    const both = { ...files, 'packages/handshake/package.json': {}, [other]: '' };
    expect((await check({}, { files: both, modules })).failures).toEqual([
      `${other}: ERR_SOKKER_A is answered with 1003, elsewhere with 1002`,
    ]);
  });

  test('a code in the sources that is in no table, but not in a private room', async () => {
    const sources = {
      ...files,
      'packages/frame/src/a.ts': "// ERR_SOKKER_A\nthrow new E('ERR_SOKKER_B');",
      'packages/bench/package.json': { private: true },
      'packages/bench/src/a.ts': "'ERR_SOKKER_C'",
    };
    const { failures } = await check({ VIOLATIONS: { ERR_SOKKER_A: row } }, { files: sources });
    expect(failures).toEqual(['packages/frame/src/a.ts:2: ERR_SOKKER_B is in no violations.ts']);
  });
});
