import { within } from '../src/deadline.js';

const pending = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('tells whether work was done in time, and leaves no timer behind', async () => {
  const before = pending();
  expect(await within(Promise.resolve('done'), 60_000)).toBe(true);
  expect(await within(new Promise(() => {}), 1)).toBe(false);
  await expect(within(Promise.reject(new Error('broken')), 60_000)).rejects.toThrow('broken');
  expect(pending()).toBe(before);
});
