import { JobQueue, type Job } from '../src/job-queue.js';
import { settled } from './scene.js';

function queue(): { jobs: JobQueue; log: string[]; add: (name: string, run?: () => Promise<void> | undefined) => Job } {
  const log: string[] = [];
  const jobs = new JobQueue(
    () => log.push('settled'),
    (error) => log.push(`failed ${error.message}`),
  );
  const add = (name: string, run: () => Promise<void> | undefined = () => undefined): Job => {
    const job = {
      bytes: 10,
      run: () => {
        log.push(name);
        return run();
      },
      drop: (error: Error) => log.push(`drop ${name}: ${error.message}`),
    };
    jobs.add(job);
    return job;
  };
  return { jobs, log, add };
}

test('what can be done at once is done at once, and leaves nothing', () => {
  const { jobs, log, add } = queue();
  add('a');
  add('b');
  expect([log, jobs.busy, jobs.bytes]).toEqual([['a', 'b'], false, 0]);
});

test('one that takes time holds up the others, and they keep their order', async () => {
  const { jobs, log, add } = queue();
  let finish = (): void => undefined;
  add('slow', () => new Promise((resolve) => (finish = resolve)));
  add('b');
  add('c', () => Promise.resolve());
  add('d');
  expect([log, jobs.busy, jobs.bytes]).toEqual([['slow'], true, 40]);
  finish();
  await settled();
  expect([log, jobs.busy, jobs.bytes]).toEqual([['slow', 'b', 'c', 'settled', 'd', 'settled'], false, 0]);
});

test('one that throws or rejects is reported, and the next goes on', async () => {
  const { jobs, log, add } = queue();
  const rejects = (value: Error) => (): Promise<void> => Promise.reject(value);
  add('throws at once', () => {
    throw new Error('x');
  });
  add('rejects', rejects(new Error('y')));
  add('throws in its turn', () => {
    throw new Error('z');
  });
  add('rejects oddly', rejects('odd' as never));
  add('last');
  await settled();
  expect(log.filter((line) => line.startsWith('failed'))).toEqual(['failed x', 'failed y', 'failed z', 'failed odd']);
  expect(log.slice(-2)).toEqual(['last', 'settled']);
  expect([jobs.busy, jobs.bytes]).toEqual([false, 0]);
});

test('one that waits can be taken back, one that runs cannot', async () => {
  const { jobs, log, add } = queue();
  let finish = (): void => undefined;
  const running = add('a', () => new Promise((resolve) => (finish = resolve)));
  const waiting = add('b');
  add('c');
  for (const job of [running, waiting, waiting]) jobs.remove(job);
  expect(jobs.bytes).toBe(20);
  finish();
  await settled();
  expect([log, jobs.bytes]).toEqual([['a', 'c', 'settled'], 0]);
});

test('interrupt tells all, abandon lets go of those that wait', async () => {
  const { jobs, log, add } = queue();
  let finish = (): void => undefined;
  add('a', () => new Promise((resolve) => (finish = resolve)));
  add('b');
  jobs.interrupt(() => new Error('end'));
  jobs.abandon();
  expect([log, jobs.bytes]).toEqual([['a', 'drop a: end', 'drop b: end'], 10]);
  finish();
  await settled();
  expect([log.at(-1), log.includes('b'), jobs.bytes]).toEqual(['settled', false, 0]);
});
