import { systemClock } from '../src/index.js';

test('never goes back', () => {
  const before = systemClock.now();
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
});

test('calls back once, and not when it was cleared', async () => {
  const calls: string[] = [];
  const cleared = systemClock.setTimeout(() => calls.push('cleared'), 1);
  systemClock.clearTimeout(cleared);
  await new Promise<void>((resolve) => systemClock.setTimeout(resolve, 2));
  expect(calls).toEqual([]);
});

test.each([
  [undefined, false],
  [false, false],
  [true, true],
])('keepAlive %s: a timer keeps the process alive: %s', (keepAlive, keeps) => {
  const timer = systemClock.setTimeout(() => undefined, 1000, keepAlive) as NodeJS.Timeout;
  expect(timer.hasRef()).toBe(keeps);
  systemClock.clearTimeout(timer);
});
