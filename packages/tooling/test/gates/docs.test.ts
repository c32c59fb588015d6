import { docs, fenceFaults } from '../../src/gates/docs.js';
import { checkGate } from '../memory-tree.js';

const check = async (readme: string) =>
  checkGate(docs, {
    files: {
      'package.json': { scripts: { start: '', test: '', 'test:peers': '' } },
      'README.md': readme,
      'docs/index.md': '# Sokker\n',
      'docs/guides/chat.md': '# A chat\n\n## Run it\n\n[home](../index.md) [site](/guides/chat) [self](#run-it)\n',
      LICENSE: '',
    },
  });

describe('links', () => {
  test.each([
    'docs/guides/chat.md',
    'docs/guides/chat.md#run-it',
    'docs/',
    'LICENSE',
    'https://example.org/x',
    'mailto:a@b',
  ])('to %s resolve', async (target) => {
    expect((await check(`[x](${target})`)).failures).toEqual([]);
  });

  test.each([
    ['docs/guides/proxy.md', "README.md:1: 'docs/guides/proxy.md' leads nowhere"],
    ['docs/guides/chat.md#stop-it', "README.md:1: docs/guides/chat.md has no heading '#stop-it'"],
    ['#nowhere', "README.md:1: README.md has no heading '#nowhere'"],
  ])('to %s do not', async (target, failure) => {
    expect((await check(`[x](${target})`)).failures).toEqual([failure]);
  });
});

describe('npm scripts that a page names', () => {
  test('exist', async () => {
    expect((await check('`npm ci && npm start`, npm run test:peers, npm test')).failures).toEqual([]);
  });

  test('or are shown, in code too', async () => {
    expect((await check('```sh\nnpm run bench\n```')).failures).toEqual([
      "README.md:2: package.json has no script 'bench'",
    ]);
  });
});

describe('code blocks', () => {
  const faults = (language: string, code: string, ...marks: string[]): string[] =>
    fenceFaults({ language, marks, code, line: 10 });

  test.each([
    ['ts', 'const a: number = await b();'],
    ['js', "import a from 'a';"],
    ['json', '{ "a": 1 }'],
    ['sh', 'anything goes'],
  ])('%s: %s parses', (language, code) => {
    expect(faults(language, code)).toEqual([]);
  });

  test('that do not parse are shown by line', () => {
    expect(faults('ts', 'const a = 1;\nconst b = ;')).toEqual(['12: Expression expected.']);
    expect(faults('json', '{ a }')).toEqual([expect.stringMatching(/^10: /)]);
  });

  test('that are marked as a sketch need not parse', () => {
    expect(faults('ts', 'send(data, …)', 'sketch')).toEqual([]);
  });
});
