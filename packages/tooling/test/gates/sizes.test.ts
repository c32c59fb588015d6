import { sizes } from '../../src/gates/sizes.js';
import { checkGate } from '../memory-tree.js';

const lines = (count: number): string => 'a;\n'.repeat(count);

test('a source may have 249 lines and not 250; tests may be long', async () => {
  const { note, failures } = await checkGate(sizes, {
    files: {
      'packages/frame/package.json': {},
      'packages/frame/src/short.ts': lines(10),
      'packages/frame/src/fits.ts': lines(249),
      'packages/frame/src/long.ts': lines(250),
      'packages/frame/test/long.test.ts': lines(400),
    },
  });
  expect(note).toBe('3 files, median 249 lines, longest packages/frame/src/long.ts with 250');
  expect(failures).toEqual(['packages/frame/src/long.ts: 250 lines']);
});

test('an empty house has no longest file', async () => {
  expect(await checkGate(sizes, { files: {} })).toMatchObject({ note: 'no sources', failures: [] });
});
