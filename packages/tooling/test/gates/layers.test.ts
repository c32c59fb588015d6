import { layers } from '../../src/gates/layers.js';
import { checkGate } from '../memory-tree.js';

/** A sound house of two rooms; each case spoils one thing. */
const sound = {
  'packages/frame/package.json': { exports: { '.': {}, './web': {} } },
  'packages/frame/tsconfig.json': { references: [] },
  'packages/frame/src/index.ts': "export { a } from './a.js';",
  'packages/frame/src/a.ts': "import { createHash } from 'node:crypto';",
  'packages/connection/package.json': { dependencies: { '@sokker/frame': '1.0.0' } },
  'packages/connection/tsconfig.json': { references: [{ path: '../frame' }] },
  'packages/connection/src/index.ts': "import 'node:net';\nimport { a } from '@sokker/frame';",
};

async function failuresWith(spoiled: Record<string, string | object>): Promise<readonly string[]> {
  return (await checkGate(layers, { files: { ...sound, ...spoiled } })).failures;
}

describe('the arrows of the house', () => {
  test('hold', async () => {
    expect(await checkGate(layers, { files: sound })).toMatchObject({ note: '2 packages, 1 arrows', failures: [] });
  });

  test.each<[string, Record<string, string | object>, string]>([
    [
      'an arrow against the plan',
      { 'packages/frame/src/a.ts': "import type { B } from '@sokker/connection';" },
      'packages/frame/src/a.ts:1: no arrow leads from frame to connection',
    ],
    [
      'a socket in a room that is sans-I/O',
      { 'packages/frame/src/a.ts': "\nimport net from 'node:net';" },
      "packages/frame/src/a.ts:2: frame may not import 'node:net' (rooms.ts: world 'none')",
    ],
    [
      'a package from outside',
      { 'packages/frame/src/a.ts': "import 'ws';" },
      "packages/frame/src/a.ts:1: 'ws' is from outside; built-in modules are written 'node:…'",
    ],
    [
      'a way into another package by the back door',
      { 'packages/connection/src/index.ts': "import '@sokker/frame/dist/a.js'; import '@sokker/frame';" },
      "packages/connection/src/index.ts:1: @sokker/frame does not export './dist/a.js'",
    ],
    [
      'a relative path into another package',
      { 'packages/connection/src/b.ts': "import '../../frame/src/a.js';" },
      "packages/connection/src/b.ts:1: '../../frame/src/a.js' leaves packages/connection/src/",
    ],
    [
      'an import that package.json does not know',
      { 'packages/connection/package.json': {}, 'packages/connection/tsconfig.json': {} },
      'packages/connection/package.json: src imports @sokker/frame, which is not a dependency',
    ],
    [
      'a runtime dependency',
      { 'packages/frame/package.json': { exports: { '.': {} }, dependencies: { lodash: '4' } } },
      "packages/frame/package.json: depends on 'lodash'; this package has no runtime dependency",
    ],
    [
      'a reference that is missing',
      { 'packages/connection/tsconfig.json': {} },
      'packages/connection/tsconfig.json: lacks the reference to ../frame it needs',
    ],
    [
      'a reference too many',
      { 'packages/frame/tsconfig.json': { references: [{ path: '../connection' }] } },
      'packages/frame/tsconfig.json: refers to ../connection, which it does not need',
    ],
    [
      'a package that the plan does not know',
      { 'packages/attic/package.json': {} },
      'packages/attic: not in the table of packages/tooling/src/rooms.ts',
    ],
  ])('%s', async (_name, spoiled, failure) => {
    expect(await failuresWith(spoiled)).toEqual([failure]);
  });

  test('an unused dependency shows once the room has imports of its own', async () => {
    const manifest = { dependencies: { '@sokker/frame': '1', '@sokker/handshake': '1' } };
    const references = { references: [{ path: '../frame' }, { path: '../handshake' }] };
    const room = { 'packages/server/package.json': manifest, 'packages/server/tsconfig.json': references };
    expect(await failuresWith({ ...room, 'packages/server/src/index.ts': 'export {};' })).toEqual([]);
    expect(await failuresWith({ ...room, 'packages/server/src/index.ts': "import '@sokker/frame';" })).toEqual([
      'packages/server/package.json: src never imports @sokker/handshake',
    ]);
  });

  test('a private room may use what the root installs', async () => {
    const room = { 'packages/bench/package.json': {}, 'packages/bench/tsconfig.json': {} };
    expect(await failuresWith({ ...room, 'packages/bench/src/a.ts': "import 'ws'; import 'node:net';" })).toEqual([]);
  });

  test('data beside src may be imported by its own package', async () => {
    const imports = { 'packages/frame/src/a.ts': "import '../data/a.json'; import '../../connection/data/a.json';" };
    expect(await failuresWith(imports)).toEqual([
      "packages/frame/src/a.ts:1: '../../connection/data/a.json' leaves packages/frame/",
    ]);
  });
});
