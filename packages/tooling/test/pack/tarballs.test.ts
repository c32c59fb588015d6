import { contentFaults, publicRooms, type Tarball } from '../../src/pack/tarballs.js';
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
  ['what is left of a source', [...whole, 'dist/old.js'], ['dist/old.js has no source: delete dist and build anew']],
])('%s', (_name, files, faults) => {
  expect(contentFaults(tree, tarball(files))).toEqual(faults);
});
