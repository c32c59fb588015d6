import { TimerWheel, type Clock } from '@sokker/connection';

/** Time that passes when told to, with one timer at most. */
class OneTimer implements Clock {
  time = 0;
  timers = 0;
  #callback: (() => void) | undefined;
  #at = 0;

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    expect(this.#callback).toBeUndefined();
    this.#callback = callback;
    this.#at = this.time + ms;
    this.timers++;
    return callback;
  }

  clearTimeout(): void {
    this.#callback = undefined;
  }

  get isSet(): boolean {
    return this.#callback !== undefined;
  }

  advance(ms: number): void {
    const end = this.time + ms;
    while (this.#callback !== undefined && this.#at <= end) {
      const callback = this.#callback;
      this.#callback = undefined;
      this.time = this.#at;
      callback();
    }
    this.time = end;
  }
}

function entry(name: string, log: string[], clock: OneTimer): { onDue(): void } {
  return { onDue: () => log.push(`${name} ${clock.time}`) };
}

test.each([0, 1, 5.5, 9, 12_349])(
  'ten thousand appointments made at %d take one timer; each comes once, at most a tick late',
  (time) => {
    const clock = new OneTimer();
    clock.time = time;
    const wheel = new TimerWheel(clock, 10);
    const late: number[] = [];
    for (let ms = 1; ms <= 10_000; ms++) wheel.set({ onDue: () => late.push(clock.time - time - ms) }, ms);
    expect([wheel.size, clock.timers]).toEqual([10_000, 1]);
    clock.advance(20_000);
    expect(late).toHaveLength(10_000);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(10);
    expect([wheel.size, clock.isSet]).toEqual([0, false]);
  },
);

test('what falls due while a slow one is called comes too', () => {
  const clock = new OneTimer();
  const wheel = new TimerWheel(clock, 10);
  const log: string[] = [];
  const slow = {
    onDue: () => {
      log.push(`slow ${clock.time}`);
      clock.time += 50;
      if (clock.time < 100) wheel.set(slow, 100);
    },
  };
  wheel.set(slow, 10);
  for (const ms of [20, 30, 60, 70]) wheel.set(entry(`at ${ms}`, log, clock), ms);
  clock.advance(500);
  expect(log).toEqual(['slow 10', 'at 20 70', 'at 30 70', 'at 60 70', 'at 70 70', 'slow 160']);
  expect([wheel.size, clock.isSet]).toEqual([0, false]);
});

test('a new appointment replaces the old one, and one that is broken does not come', () => {
  const clock = new OneTimer();
  const wheel = new TimerWheel(clock, 10);
  const log: string[] = [];
  const [a, b] = [entry('a', log, clock), entry('b', log, clock)];
  wheel.set(a, 20);
  wheel.set(b, 20);
  wheel.set(a, 50);
  wheel.delete(b);
  wheel.delete(b);
  clock.advance(1000);
  expect(log).toEqual(['a 50']);
});

test('one who is due may make a new appointment, and break another’s', () => {
  const clock = new OneTimer();
  const wheel = new TimerWheel(clock, 10);
  const log: string[] = [];
  const again = { onDue: () => (log.push(`again ${clock.time}`) < 3 ? wheel.set(again, 30) : undefined) };
  wheel.set(again, 30);
  clock.advance(1000);
  expect(log).toEqual(['again 30', 'again 60', 'again 90']);
  const other = entry('other', log, clock);
  wheel.set({ onDue: () => wheel.delete(other) }, 30);
  wheel.set(other, 30);
  clock.advance(1000);
  expect(log).toHaveLength(3);
});

test('after a leap of the clock everything due comes once', () => {
  const clock = new OneTimer();
  const wheel = new TimerWheel(clock, 10);
  const log: string[] = [];
  for (const [name, ms] of [
    ['a', 10],
    ['b', 500],
    ['c', 100_000],
  ] as const)
    wheel.set(entry(name, log, clock), ms);
  clock.time = 1000;
  clock.advance(0);
  expect(log.map((line) => line.slice(0, 1))).toEqual(['a', 'b']);
});
