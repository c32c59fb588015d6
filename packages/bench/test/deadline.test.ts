import { within } from '../src/deadline.js';

afterEach(() => jest.restoreAllMocks());

test('tells whether work was done in time, and leaves no timer behind', async () => {
  const set = jest.spyOn(globalThis, 'setTimeout');
  const clear = jest.spyOn(globalThis, 'clearTimeout');
  expect(await within(Promise.resolve('done'), 60_000)).toBe(true);
  expect(await within(new Promise(() => {}), 1)).toBe(false);
  await expect(within(Promise.reject(new Error('broken')), 60_000)).rejects.toThrow('broken');
  expect(set.mock.calls.map(([, ms]) => ms)).toEqual([60_000, 1, 60_000]);
  expect(clear.mock.calls.map(([timer]) => timer)).toEqual(set.mock.results.map(({ value }) => value as unknown));
});
