import { execFile } from 'node:child_process';
import { join } from 'node:path';

test('a few seconds of it: two processes, nothing lost, and an end by itself', async () => {
  const args = ['--import', 'tsx', 'packages/fuzz/src/soak/main.ts', '--minutes', '0.07', '--connections', '60'];
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      [...args, '--rate', '300', '--churn', '20'],
      { cwd: join(__dirname, '../../../..') },
      (error, out) => (error === null ? resolve(out) : reject(new Error(`${error.message}\n${out}`))),
    );
  });
  expect(output).toMatch(/^seed 1, 60 connections/);
  expect(output).toMatch(/60 open .* 0 errors {2}0 lost/);
  expect(output).toMatch(/^lost +0\nerrors +0$/m);
  expect(output.trim()).toMatch(/passed$/);
}, 60_000);
