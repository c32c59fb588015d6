import { strayWords, words } from '../../src/gates/words.js';
import { checkGate } from '../memory-tree.js';

describe('stray words', () => {
  test.each([
    ['see /home/anna/sokker', '/home/anna'],
    ['C:\\Users\\anna', 'C:\\Users\\'],
    ['https://registry.example.org/ws', 'registry.example.org'],
    ['Co-authored-by: someone', 'Co-authored-by:'],
    ['as the assistant said', 'the assistant'],
    ['in the previous session', 'previous session'],
    ['see issue #12', 'issue #12'],
    ['Fixes #12', 'Fixes #12'],
  ])('%s', (text, found) => {
    expect(strayWords(text)).toEqual([expect.stringContaining(`1: '${found}' is `)]);
  });

  test.each([
    'the session of an extension',
    'GET /work HTTP/1.1',
    'https://example.org/work/in/progress',
    'docs/home/index.md',
    'ws#2329',
    'the registry of close codes',
    'assistants at the theatre',
  ])('%s: not one', (text) => {
    expect(strayWords(text)).toEqual([]);
  });

  test('are looked for in text, by line', async () => {
    const files = { 'a.md': 'fine\n/root/x/y', 'b.png': '/root/x/y' };
    expect(await checkGate(words, { files })).toMatchObject({
      note: '1 files',
      failures: ["a.md:2: '/root/x' is a path of one machine"],
    });
  });
});
