import { equivalentsOf } from '../../src/mutation/equivalent.js';

test('one entry for each thing that a line became, or for whatever it became', () => {
  const entry = { source: 'packages/frame/src/web/a.ts', reason: 'No matter.' };
  const lines = { 'a();': ['No matter.'], 'b > 1;': ['No matter.', 'true', 'b >= 1'] } as const;
  expect(equivalentsOf('frame', { 'web/a': lines })).toEqual([
    { ...entry, code: 'a();' },
    { ...entry, code: 'b > 1;', replacement: 'true' },
    { ...entry, code: 'b > 1;', replacement: 'b >= 1' },
  ]);
});
