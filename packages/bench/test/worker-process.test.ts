import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkerProcess } from '../src/worker-process.js';

const SCRIPT = `
process.on('message', (job) => {
  if (job === 'end') process.exit(1);
  if (job === 'pid') process.send({ result: process.pid });
});
`;
const folder = mkdtempSync(join(tmpdir(), 'worker-'));
const script = join(folder, 'worker.cjs');
let worker: WorkerProcess<string, number>;

function start(timeoutMs?: number): void {
  worker = new WorkerProcess({ script, processor: undefined, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

beforeAll(() => writeFileSync(script, SCRIPT));
afterEach(() => worker.stop());
afterAll(() => rmSync(folder, { recursive: true }));

test('jobs go to one process, until it is stopped', async () => {
  start();
  const pid = await worker.run('pid');
  expect(await worker.run('pid')).toBe(pid);
  await worker.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(await worker.run('pid')).not.toBe(pid);
});

test('a job that is never answered fails in time', async () => {
  start(200);
  await expect(worker.run('nothing')).rejects.toThrow('nothing within 0.2 s');
});

test('a job whose process ends fails, and the next one has a new process', async () => {
  start();
  const pid = await worker.run('pid');
  await expect(worker.run('end')).rejects.toThrow('ended before it answered');
  expect(await worker.run('pid')).not.toBe(pid);
});
