import type { Clock } from '@sokker/connection';
import { ManualClock } from '../src/index.js';

test('time stands still until it is told to pass', () => {
  const clock: ManualClock & Clock = new ManualClock();
  expect(clock.now()).toBe(0);
  clock.advance(1.5);
  clock.advance(0);
  expect(clock.now()).toBe(1.5);
});

test('timers fire in order, at their time, those of one moment as they were set, and once', () => {
  const clock = new ManualClock();
  const log: string[] = [];
  const set = (name: string, ms: number): unknown => clock.setTimeout(() => log.push(`${name} at ${clock.now()}`), ms);
  set('late', 30);
  set('soon', 10);
  set('soon too', 10);
  expect(clock.pending).toBe(3);
  clock.advance(9);
  expect(log).toEqual([]);
  clock.advance(1);
  expect(log).toEqual(['soon at 10', 'soon too at 10']);
  clock.advance(100);
  expect(log).toEqual(['soon at 10', 'soon too at 10', 'late at 30']);
  expect([clock.now(), clock.pending]).toEqual([110, 0]);
});

test('what a timer sets is due in the same stretch of time', () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const tick = (): void => {
    times.push(clock.now());
    clock.setTimeout(tick, 10);
  };
  tick();
  clock.advance(35);
  expect(times).toEqual([0, 10, 20, 30]);
  expect(clock.pending).toBe(1);
});

test('a cleared timer does not fire, and clearing what is over or nothing is no matter', () => {
  const clock = new ManualClock();
  let fired = 0;
  const second: { timer?: unknown } = {};
  clock.setTimeout(() => clock.clearTimeout(second.timer), 10);
  second.timer = clock.setTimeout(() => fired++, 10);
  const first = clock.setTimeout(() => fired++, 5);
  clock.clearTimeout(first);
  clock.clearTimeout(first);
  clock.clearTimeout(undefined);
  clock.advance(20);
  expect([fired, clock.pending]).toEqual([0, 0]);
});

test.each([-5, -0.5, 0, 0.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 40])(
  'as in Node.js, a delay of %d is one of 1 ms',
  (ms) => {
    const clock = new ManualClock();
    clock.advance(100);
    const times: number[] = [];
    clock.setTimeout(() => times.push(clock.now()), ms);
    clock.advance(0.5);
    expect(times).toEqual([]);
    clock.advance(10);
    expect(times).toEqual([101]);
    expect([clock.now(), clock.pending]).toEqual([110.5, 0]);
  },
);

test.each([1, 2 ** 31 - 1])('a delay of %d ms is what it says', (ms) => {
  const clock = new ManualClock();
  let fired = 0;
  clock.setTimeout(() => fired++, ms);
  clock.advance(ms - 0.5);
  expect(fired).toBe(0);
  clock.advance(0.5);
  expect(fired).toBe(1);
});

test('a delay loses its part of a millisecond, as in Node.js', () => {
  const clock = new ManualClock();
  const times: number[] = [];
  clock.setTimeout(() => times.push(clock.now()), 2.9);
  clock.advance(10);
  expect(times).toEqual([2]);
});

test.each([
  ['more than was left', 50, [20, 40, 60, 60]],
  ['less', 5, [15, 20, 30]],
  ['none', 0, [10, 20, 30]],
  ['less than none', -5, [10, 20, 30]],
])('a timer may let time pass, and none comes back: %s', (_what, ms, expected) => {
  const clock = new ManualClock();
  const times: number[] = [];
  const note = (): unknown => times.push(clock.now());
  clock.setTimeout(() => {
    clock.advance(ms);
    note();
  }, 10);
  clock.setTimeout(note, 20);
  clock.setTimeout(note, 40);
  clock.advance(30);
  note();
  expect(times).toEqual(expected);
});

test('time does not run backwards, and a timer that sets itself for now does not stop it', () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const again = (): void => {
    times.push(clock.now());
    clock.setTimeout(again, 0);
  };
  again();
  clock.setTimeout(() => times.push(clock.now()), -5);
  clock.advance(3);
  expect(times).toEqual([0, 1, 1, 2, 3]);
});
