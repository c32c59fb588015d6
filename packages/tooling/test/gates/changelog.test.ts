import { changelog } from '../../src/gates/changelog.js';
import { checkGate } from '../memory-tree.js';

const sound = {
  'package.json': { version: '0.2.0' },
  'CHANGELOG.md': '# Changelog\n\n## 0.2.0 (unreleased)\n\n## 0.1.0\n',
  'package-lock.json': {
    version: '0.2.0',
    packages: {
      '': {},
      'node_modules/@sokker/frame': { resolved: 'packages/frame', link: true },
      'node_modules/a': { optionalDependencies: { 'a-arm': '1' } },
      'node_modules/b/node_modules/a-arm': { optional: true },
    },
  },
  'packages/frame/package.json': { version: '0.2.0', dependencies: { '@sokker/handshake': '0.2.0', other: '^1' } },
};

test('a house of one version passes', async () => {
  expect(await checkGate(changelog, { files: sound })).toMatchObject({ note: 'version 0.2.0', failures: [] });
});

test.each<[string, Record<string, string | object>, string]>([
  [
    'a changelog that stands still',
    { 'CHANGELOG.md': '## 0.1.0\n' },
    "CHANGELOG.md: begins with '## 0.1.0', but the version is 0.2.0",
  ],
  [
    'a package of another version',
    { 'packages/frame/package.json': { version: '0.1.0' } },
    'packages/frame/package.json: version 0.1.0, not 0.2.0',
  ],
  [
    'a neighbour of another version',
    { 'packages/frame/package.json': { version: '0.2.0', dependencies: { '@sokker/handshake': '^0.2.0' } } },
    'packages/frame/package.json: needs @sokker/handshake ^0.2.0, not 0.2.0',
  ],
  [
    'a lockfile of another version',
    { 'package-lock.json': { version: '0.1.0' } },
    'package-lock.json: version 0.1.0, not 0.2.0',
  ],
  [
    'a lockfile that names a host',
    {
      'package-lock.json': {
        version: '0.2.0',
        packages: { 'node_modules/a': { resolved: 'https://mirror.example/a' } },
      },
    },
    'package-lock.json: node_modules/a is tied to mirror.example',
  ],
  [
    'a lockfile with a gap',
    {
      'package-lock.json': {
        version: '0.2.0',
        packages: { 'node_modules/a': { optionalDependencies: { 'a-arm': '1' } } },
      },
    },
    'package-lock.json: has no entry for a-arm, without which npm ci fails',
  ],
])('%s does not', async (_name, spoiled, failure) => {
  expect((await checkGate(changelog, { files: { ...sound, ...spoiled } })).failures).toEqual([failure]);
});

test('neither does a house without a changelog or a lockfile', async () => {
  const files = { 'package.json': { version: '0.2.0' } };
  expect((await checkGate(changelog, { files })).failures).toEqual([
    'CHANGELOG.md: is missing',
    'package-lock.json: is missing',
  ]);
});
