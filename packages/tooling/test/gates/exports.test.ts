import { exportsGate, surfaceOf } from '../../src/gates/exports.js';
import { checkGate, type Setting } from '../memory-tree.js';

const LIST = 'packages/tooling/exports.json';
const files = {
  'packages/frame/package.json': {
    name: '@sokker/frame',
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './web': { default: './dist/web/index.js' },
      './data.json': './data.json',
    },
  },
  'packages/frame/src/index.ts': "export { b, a } from './a.js';\nexport type { T } from './a.js';",
  'packages/frame/src/web/index.ts': 'export {};',
  'packages/bench/package.json': { name: '@sokker/bench', private: true },
};
const list = {
  '@sokker/frame': {
    '.': { values: ['a', 'b'], types: ['T'] },
    './web': { values: [], types: [] },
    './data.json': './data.json',
  },
};
const check = async (changed: Setting['files'], update = false) =>
  checkGate(exportsGate, { files: { ...files, ...changed }, update });

describe('the public surface', () => {
  test('is the committed list', async () => {
    expect(await check({ [LIST]: list })).toMatchObject({ note: '3 names of 1 packages', failures: [] });
  });

  test('shows what came and what went', async () => {
    const changed = { '@sokker/frame': { ...list['@sokker/frame'], '.': { values: ['a', 'gone'], types: ['T'] } } };
    expect((await check({ [LIST]: changed })).failures).toEqual([
      '@sokker/frame: b is not in the list (--update writes it)',
      '@sokker/frame: gone is in the list and exported no more',
    ]);
  });

  test('is written when asked for', async () => {
    const { failures, tree } = await check({}, true);
    expect(failures).toEqual([]);
    expect(JSON.parse(tree.read(LIST))).toEqual(list);
  });

  test('lacks no entry that package.json promises', async () => {
    const manifest = { name: '@sokker/frame', exports: { './web': { default: './dist/web.js' } } };
    const { failures } = await check({ 'packages/frame/package.json': manifest }, true);
    expect(failures).toEqual([
      "packages/frame/package.json: exports no '.'",
      "packages/frame/package.json: './web' would be packages/frame/src/web.ts, which does not exist",
    ]);
  });
});

describe('an index.ts', () => {
  test.each([
    ["export * from './a.js';", "'export * from './a.js';': only named re-exports belong here"],
    ["export * as a from './a.js';", "'export * as a from './a.js';': only named re-exports belong here"],
    ['export const a = 1;', "'export const a = 1;': only named re-exports belong here"],
    ["import './a.js';", "'import './a.js';': only named re-exports belong here"],
    ["export { type A } from './a.js';", "'type A': types have an 'export type' of their own"],
  ])('may not say %s', (text, fault) => {
    const faults: string[] = [];
    surfaceOf(text, (each) => faults.push(each));
    expect(faults).toEqual([fault]);
  });
});
