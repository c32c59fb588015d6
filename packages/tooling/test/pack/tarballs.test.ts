import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentFaults, publicRooms, sweep, type Tarball } from '../../src/pack/tarballs.js';
import { MemoryTree } from '../memory-tree.js';

const tree = new MemoryTree({
  'packages/frame/package.json': '{ "name": "@sokker/frame", "files": ["dist", "!dist/.tsbuildinfo", "fixtures"] }',
  'packages/frame/src/web/index.ts': '',
  'packages/frame/src/json.d.ts': '',
  'packages/frame/fixtures/header.json': '{}',
  'packages/bench/package.json': '{ "private": true }',
});
const whole = [
  'LICENSE',
  'README.md',
  'package.json',
  'dist/web/index.js',
  'dist/web/index.d.ts',
  'fixtures/header.json',
];
const tarball = (files: readonly string[]): Tarball => ({
  name: '@sokker/frame',
  room: 'frame',
  path: 'frame.tgz',
  bytes: 1,
  files,
});

test('private rooms are not published', () => {
  expect(publicRooms(tree)).toEqual(['frame']);
});

test.each([
  ['everything', whole, []],
  [
    'a source that was not built',
    whole.filter((path) => path !== 'dist/web/index.js'),
    ['dist/web/index.js is missing'],
  ],
  ['no licence', whole.slice(1), ['LICENSE is missing']],
  ['what is left of a source', [...whole, 'dist/old.js'], ['dist/old.js does not belong there']],
])('%s', (_name, files, faults) => {
  expect(contentFaults(tree, tarball(files))).toEqual(faults);
});

test('what earlier sources left in dist is swept out', () => {
  const root = mkdtempSync(join(tmpdir(), 'sokker-sweep-'));
  const dist = join(root, 'packages/frame/dist');
  mkdirSync(join(dist, 'web'), { recursive: true });
  for (const file of ['web/index.js', 'web/index.d.ts', 'web/old.js', 'old.d.ts', '.tsbuildinfo']) {
    writeFileSync(join(dist, file), '');
  }
  sweep({ root, files: tree.files }, 'frame');
  const left = ['web/index.js', 'web/old.js', 'old.d.ts', '.tsbuildinfo'].map((file) => existsSync(join(dist, file)));
  expect(left).toEqual([true, false, false, true]);
  rmSync(root, { recursive: true });
});
