import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskTree, roomsOf, sourcesOf } from '../src/tree.js';
import { MemoryTree } from './memory-tree.js';

describe('a tree on disk', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sokker-tree-'));
    execFileSync('git', ['init', '-q'], { cwd: root });
    mkdirSync(join(root, 'docs'));
    for (const path of ['tracked.md', 'docs/new.md', 'gone.md', 'ignored.log']) writeFileSync(join(root, path), path);
    writeFileSync(join(root, '.gitignore'), '*.log\n');
    execFileSync('git', ['add', 'tracked.md', 'gone.md', '.gitignore'], { cwd: root });
    rmSync(join(root, 'gone.md'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('holds what git tracks or would track, without what is gone', () => {
    expect(new DiskTree(root).files).toEqual(['.gitignore', 'docs/new.md', 'tracked.md']);
  });

  test('reads what it wrote', () => {
    const tree = new DiskTree(root);
    expect(tree.read('tracked.md')).toBe('tracked.md');
    tree.write('tracked.md', 'changed');
    expect(tree.read('tracked.md')).toBe('changed');
    expect(new DiskTree(root).read('tracked.md')).toBe('changed');
    expect([tree.has('docs'), tree.has('gone.md')]).toEqual([true, false]);
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
