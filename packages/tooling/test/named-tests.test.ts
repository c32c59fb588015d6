import { isNamed, readNamedTests, unprovenTests } from '../src/named-tests.js';

const PAGE = `# Security

| not | the table |
| --- | --- |
| a | b |

### Known vulnerabilities and more

| id | project | what | test |
| --- | --- | --- | --- |
| CVE-1 | a | b | [frame](packages/frame/test/a.test.ts): \`one\`<br>[deflate](packages/deflate/test/b.test.ts): \`as %s\` |
| CVE-2 | a | b | [frame](packages/frame/test/a.test.ts): \`\` with \`ticks\` \`\` |
| CVE-3 | a | b | Not applicable: there is no such thing here |
| CVE-4 | a | b | trust us |`;

test('tests, rows, and rows without either', () => {
  const { tests, bare, rows } = readNamedTests(PAGE);
  expect(tests).toEqual([
    { path: 'packages/frame/test/a.test.ts', name: 'one', line: 11 },
    { path: 'packages/deflate/test/b.test.ts', name: 'as %s', line: 11 },
    { path: 'packages/frame/test/a.test.ts', name: 'with `ticks`', line: 12 },
  ]);
  expect([rows, bare]).toEqual([4, ['14: | CVE-4']]);
  expect(readNamedTests('# nothing')).toEqual({ tests: [], bare: [], rows: 0 });
});

test.each([
  ['as server', 'as %s', true],
  ['as client, twice', 'as %s, twice', true],
  ['as', 'as %s', false],
  ['(a)', '(%j)', true],
  ['one', 'one', true],
  ['one more', 'one', false],
])('%p is named by %p: %p', (title, name, is) => expect(isNamed(title, name)).toBe(is));

test('what did not run and what did not pass', () => {
  const { tests } = readNamedTests(PAGE);
  const results = (statuses: Record<string, string>): { title: string; status: string }[] =>
    Object.entries(statuses).map(([title, status]) => ({ title, status }));
  const report = {
    testResults: [
      { name: '/somewhere/packages/frame/test/a.test.ts', assertionResults: results({ one: 'passed' }) },
      {
        name: '/somewhere/packages/deflate/test/b.test.ts',
        assertionResults: results({ 'as a': 'passed', 'as b': 'pending' }),
      },
    ],
  };
  expect(unprovenTests(tests, report)).toEqual([
    "SECURITY.md:11: 'as b' of packages/deflate/test/b.test.ts: pending",
    "SECURITY.md:12: 'with `ticks`' of packages/frame/test/a.test.ts did not run",
  ]);
});
