import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../../..');

test('the options of accepted sockets are of one shape', async () => {
  const script = join(__dirname, 'socket-kinds-child.ts');
  const options = ['--allow-natives-syntax', '--import', 'tsx', script];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: ROOT });
  expect(stdout.trim()).toBe('1');
});
