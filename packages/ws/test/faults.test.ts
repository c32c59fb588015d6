import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

test('a fault of a peer ends no process, one of a listener is uncaught, and neither disturbs the others', async () => {
  const script = join(__dirname, 'faults-program.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script]);
  const lines = stdout.trim().split('\n');
  expect(lines.sort()).toEqual([
    'closed',
    'refused: ECONNREFUSED',
    'reject, on it goes, last',
    'the bad peer: 1006',
    'uncaught: connect ECONNREFUSED 127.0.0.1:1',
    'uncaught: of a callback',
    'uncaught: of a class',
    'uncaught: of a listener',
    'uncaught: of the connection listener',
    'unhandled: of an async listener',
  ]);
});
