import { check, tableOf } from '../../src/pack/check.js';

test('what an attempt throws is its failure, and the table ends with it', async () => {
  const good = await check('publint', '@sokker/frame', () => undefined);
  const bad = await check('import', 'Bun', () => Promise.reject(new Error('it printed ""')));
  const lines = tableOf([good, bad]).split('\n');
  expect(lines[0]).toMatch(/^publint {2}@sokker\/frame {2}ok +\d+\.\d s$/);
  expect(lines[1]).toMatch(/^import {3}Bun {12}FAILED +\d+\.\d s$/);
  expect(lines.slice(2)).toEqual(['', 'import, Bun:', 'it printed ""', '', '1 passed, 1 failed']);
});

test('a thrown value that is no Error is shown as text', async () => {
  const { failure } = await check('use', 'Deno', () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what somebody else's code may do
    throw 'out of luck';
  });
  expect(failure).toBe('out of luck');
});
