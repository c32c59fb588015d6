import { ThreadSlots, threadPoolSize } from '../src/thread-slots.js';

function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('as many jobs as there are slots run at once, the rest in order', async () => {
  const slots = new ThreadSlots(2);
  const gates = Array.from({ length: 5 }, gate);
  const started: number[] = [];
  const jobs = gates.map(({ opened }, index) =>
    slots.run(async () => {
      started.push(index);
      await opened;
      return index;
    }),
  );
  await turn();
  expect(started).toEqual([0, 1]);
  gates[1]!.open();
  await turn();
  expect(started).toEqual([0, 1, 2]);
  for (const { open } of gates) open();
  expect(await Promise.all(jobs)).toEqual([0, 1, 2, 3, 4]);
});

test('a job that fails gives its slot on', async () => {
  const slots = new ThreadSlots(1);
  const failing = slots.run(async () => Promise.reject(new Error('no')));
  const next = slots.run(async () => 'next');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
  expect(await slots.run(async () => 'free again')).toBe('free again');
});

test.each([
  [undefined, 4],
  ['8', 8],
  ['1', 1],
  ['0', 4],
  ['-1', 4],
  ['many', 4],
  ['1e9', 1024],
])('UV_THREADPOOL_SIZE %s is %i threads', (setting, threads) => {
  expect(threadPoolSize(setting)).toBe(threads);
});
