import { interfaceName, options } from '../../src/gates/options.js';
import { checkGate, type Setting } from '../memory-tree.js';

const TABLE = 'packages/frame/src/options.ts';
const files = {
  'packages/frame/package.json': {},
  [TABLE]: '',
  'packages/frame/src/index.ts': "export type { DecoderOptions } from './decoder.js';",
  'packages/frame/src/decoder.ts': 'export interface DecoderOptions { maxBytes?: number; role: string }',
};
const maxBytes = { kind: 'number', default: 1024, unit: 'bytes', min: 1, max: 4096, infinity: true, text: 'A | B.' };
const role = { kind: 'choice', values: ['client', 'server'], text: 'Which endpoint.' };
const declaring = (table: object) => ({
  [TABLE]: { DECODER_OPTIONS: table, SHARED_OPTIONS: {}, readOptions: () => undefined },
});
const check = async (table: object, setting: Partial<Setting> = {}) =>
  checkGate(options, { files, modules: declaring(table), ...setting });

describe('the page of options', () => {
  test('is printed from the tables and then agrees with them', async () => {
    const { tree, note, failures } = await check({ maxBytes, role }, { update: true });
    expect({ note, failures }).toEqual({ note: '2 options', failures: [] });
    const page = tree.read('docs/options.md');
    expect(page).toContain('## @sokker/frame\n\n### DecoderOptions\n');
    expect(page).toContain('| `maxBytes` | 1024 (1 KiB) | bytes | 1 to 4096, `Infinity` | A \\| B. |');
    expect(page).toContain("| `role` | required |  | `'client'`, `'server'` | Which endpoint. |");
    expect(page).not.toContain('Shared');
    const again = await check({ maxBytes, role }, { files: { ...files, 'docs/options.md': page } });
    expect(again.failures).toEqual([]);
    const later = await check(
      { maxBytes: { ...maxBytes, default: 1 }, role },
      { files: { ...files, 'docs/options.md': page } },
    );
    expect(later.failures).toEqual(['docs/options.md: is not what the code says (--update prints it anew)']);
  });

  test.each<[string, object, string]>([
    ['a key without a row', { maxBytes }, `${TABLE}: DECODER_OPTIONS lacks role of DecoderOptions`],
    [
      'a row without a key',
      { maxBytes, role, extra: role },
      'packages/frame/src/decoder.ts: DecoderOptions lacks extra of DECODER_OPTIONS',
    ],
    [
      'a default out of bounds',
      { maxBytes: { ...maxBytes, default: 0 }, role },
      `${TABLE}: DECODER_OPTIONS.maxBytes: its default is outside its bound`,
    ],
  ])('%s', async (_name, table, failure) => {
    expect((await check(table, { update: true })).failures).toEqual([failure]);
  });

  test('an interface without a table', async () => {
    const { failures } = await check({}, { modules: {}, update: true });
    expect(failures).toEqual(['packages/frame/src/decoder.ts: DecoderOptions has no table in an options.ts of frame']);
  });
});

test('a table is named after its interface', () => {
  expect(interfaceName('HEAD_READER_OPTIONS')).toBe('HeadReaderOptions');
});
