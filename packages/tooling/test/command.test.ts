import { linesOf, nodeIn } from '../src/command.js';

const run = nodeIn(process.cwd());

describe('running a command', () => {
  test('gives its status and both its outputs', async () => {
    const script = "console.log('out'); console.error('err'); process.exitCode = 3";
    const { status, output } = await run(['-e', script]);
    expect(status).toBe(3);
    expect(linesOf(output).sort()).toEqual(['err', 'out']);
  });

  test('a process ended by a signal has no status', async () => {
    expect(await run(['-e', "process.kill(process.pid, 'SIGKILL')"])).toEqual({ status: undefined, output: '' });
  });

  test('a folder that is not there is an answer too', async () => {
    const { status, output } = await nodeIn('/nowhere/at/all')(['-v']);
    expect(status).toBeUndefined();
    expect(output).toContain('ENOENT');
  });
});
