import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

test('the process waits for the end of a connection, also while a message waits for someone to take it', async () => {
  const script = join(__dirname, 'unheard-client.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script]);
  expect(stdout).toBe('closed with 1001\n');
});
