import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCommit } from '../src/machine.js';

const folder = mkdtempSync(join(tmpdir(), 'bench-commit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What signs commits, and what checks them, is the contributor's. */
const OWN = ['user.name=a', 'user.email=a@example.org', 'commit.gpgsign=false', 'core.hooksPath=/dev/null'];

function git(...args: string[]): void {
  execFileSync('git', [...OWN.flatMap((setting) => ['-c', setting]), ...args], { cwd: folder, stdio: 'ignore' });
}

test('the commit has a mark where anything but the docs has changed; without git there is none', () => {
  expect(describeCommit(folder)).toBeUndefined();
  git('init');
  git('commit', '--allow-empty', '-m', 'first');
  expect(describeCommit(folder)).toMatch(/^[0-9a-f]{7,}$/);
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs', 'performance.json'), '[]');
  expect(describeCommit(folder)).toMatch(/^[0-9a-f]{7,}$/);
  writeFileSync(join(folder, 'server.mjs'), '');
  expect(describeCommit(folder)).toMatch(/^[0-9a-f]{7,}\+$/);
});
