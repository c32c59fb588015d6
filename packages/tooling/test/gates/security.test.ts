import { security } from '../../src/gates/security.js';
import { checkGate } from '../memory-tree.js';

const page = (cell: string): string => `## Known vulnerabilities\n\n| id | a | b | test |\n| - | - | - | - |\n| CVE-1 | a | b | ${cell} |\n`; // prettier-ignore
const source = "test('is refused', () => undefined);";

test('a test that exists', async () => {
  const files = { 'SECURITY.md': page('[frame](packages/frame/test/a.test.ts): `is refused`'), 'packages/frame/test/a.test.ts': source }; // prettier-ignore
  expect(await checkGate(security, { files })).toMatchObject({ note: '1 rows, 1 tests', failures: [] });
});

test.each<[string, Record<string, string>, string]>([
  ['no page', {}, 'there is no SECURITY.md'],
  ['no table', { 'SECURITY.md': '# Security' }, 'SECURITY.md: there is no table of known vulnerabilities'],
  ['a row that proves nothing', { 'SECURITY.md': page('–') }, 'SECURITY.md:5: | CVE-1 has no test and no reason'],
  [
    'a test that is gone',
    {
      'SECURITY.md': page('[frame](packages/frame/test/a.test.ts): `is taken`'),
      'packages/frame/test/a.test.ts': source,
    },
    "SECURITY.md:5: packages/frame/test/a.test.ts has no test 'is taken'",
  ],
])('%s', async (_, files, failure) => {
  expect(await checkGate(security, { files })).toMatchObject({ failures: [failure] });
});
