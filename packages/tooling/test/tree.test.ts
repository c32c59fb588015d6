import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskTree, roomsOf, sourcesOf } from '../src/tree.js';
import { MemoryTree } from './memory-tree.js';

describe('a tree on disk', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sokker-tree-'));
    for (const folder of ['.git', 'docs', 'docs/built']) mkdirSync(join(root, folder));
    const paths = ['read.md', 'docs/new.md', 'docs/built/page.md', 'ignored.log', 'docs/ignored.log', '.git/config'];
    for (const path of paths) writeFileSync(join(root, path), path);
    writeFileSync(join(root, '.gitignore'), '*.log\ndocs/built/\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('holds what git would track, checkout or not', () => {
    expect(new DiskTree(root).files).toEqual(['.gitignore', 'docs/new.md', 'read.md']);
    rmSync(join(root, '.gitignore'));
    expect(new DiskTree(root).files).toEqual([
      'docs/built/page.md',
      'docs/ignored.log',
      'docs/new.md',
      'ignored.log',
      'read.md',
    ]);
  });

  test('reads what it wrote', () => {
    const tree = new DiskTree(root);
    expect(tree.read('read.md')).toBe('read.md');
    tree.write('read.md', 'changed');
    expect(tree.read('read.md')).toBe('changed');
    expect(new DiskTree(root).read('read.md')).toBe('changed');
    expect([tree.has('docs'), tree.has('none.md')]).toEqual([true, false]);
  });
});

test('rooms are the folders with a package.json, their sources what lies under src', () => {
  const tree = new MemoryTree({
    'package.json': {},
    'packages/frame/package.json': {},
    'packages/frame/src/index.ts': '',
    'packages/frame/src/data.json': {},
    'packages/frame/test/index.test.ts': '',
    'packages/frame/examples/package.json': {},
    'packages/stray/src/index.ts': '',
  });
  expect(roomsOf(tree)).toEqual(['frame']);
  expect(sourcesOf(tree, 'frame')).toEqual(['packages/frame/src/index.ts']);
});
