import { equivalentsOf } from '../../src/mutation/equivalent.js';

test('one entry for each thing that a line became, or for whatever it became', () => {
  const groups = { 'web/a': [{ reason: 'No matter.', mutants: { 'a();': [], 'b > 1;': ['true', 'b >= 1'] } }] };
  const entry = { source: 'packages/frame/src/web/a.ts', reason: 'No matter.' };
  expect(equivalentsOf('frame', groups)).toEqual([
    { ...entry, code: 'a();' },
    { ...entry, code: 'b > 1;', replacement: 'true' },
    { ...entry, code: 'b > 1;', replacement: 'b >= 1' },
  ]);
});
