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

test('its timers do not keep the process alive', () => {
  const timer = systemClock.setTimeout(() => undefined, 1000) as NodeJS.Timeout;
  expect(timer.hasRef()).toBe(false);
  systemClock.clearTimeout(timer);
});
