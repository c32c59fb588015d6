import { fixtures, format, lint, types } from '../../src/gates/commands.js';
import { checkGate } from '../memory-tree.js';

/** In a tree without files: a gate whose tool was moved must not pass for that. */
const answering = (status: number | undefined, output = '') => ({
  files: {},
  run: () => Promise.resolve({ status, output }),
});

describe.each([
  ['format', format],
  ['lint', lint],
  ['types', types],
  ['fixtures', fixtures],
])('the gate %s', (_name, gate) => {
  test('passes when its tool ends with 0, whatever that says', async () => {
    expect((await checkGate(gate, answering(0, 'all is well'))).failures).toEqual([]);
  });

  test('fails with the lines of its tool, each once', async () => {
    expect((await checkGate(gate, answering(1, 'a.ts: wrong\n\nb.ts: wrong  \n'))).failures).toEqual([
      'a.ts: wrong',
      'b.ts: wrong',
    ]);
  });

  test('fails when its tool ended without a word', async () => {
    const { failures } = await checkGate(gate, answering(undefined));
    expect(failures).toEqual(['ended with status none and said nothing']);
  });
});
