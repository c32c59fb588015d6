import { ManualClock } from '@sokker/testkit';
import type { ServerSettings } from '../src/options.js';
import { Recorder } from '../src/recorder.js';
import type { ServerConnection } from '../src/server-connection.js';
import { Warden } from '../src/warden.js';

const SETTINGS = {
  receive: 'whole',
  pingIntervalMs: Infinity,
  maxMissedPings: 2,
  idleTimeoutMs: Infinity,
  maxAgeMs: Infinity,
  messageTimeoutMs: Infinity,
};

/** A warden, what it records, and how often it has looked at what a connection holds. */
class Guarded {
  readonly recorder = new Recorder({});
  readonly warden: Warden<unknown>;
  looks = 0;

  constructor(maxRetainedBytes: number) {
    const settings = { ...SETTINGS, maxRetainedBytes } as unknown as ServerSettings<unknown>;
    this.warden = new Warden(settings, new ManualClock(), this.recorder);
  }

  /** Connections that hold so many bytes each, and have said so. */
  holders(...bytes: number[]): Holder[] {
    const holders = bytes.map((each) => new Holder(this, each));
    for (const holder of holders) holder.send(0);
    return holders;
  }

  get overBudget(): number {
    return this.recorder.values().decisions.overBudget;
  }
}

/** Stands for a connection whose peer reads nothing. */
class Holder {
  /** So much of what it holds is taken when it is offered, after all. */
  takes = 0;
  readonly bufferedBytes = 1;
  readonly errors: { actual: number }[] = [];
  onEnd: () => unknown = () => undefined;
  readonly #guarded: Guarded;
  #bytes: number;

  constructor(guarded: Guarded, bytes: number) {
    this.#guarded = guarded;
    this.#bytes = bytes;
  }

  get self(): ServerConnection {
    return this as unknown as ServerConnection;
  }

  get retainedBytes(): number {
    this.#guarded.looks++;
    return this.#bytes;
  }

  /** Takes a message: nothing, once it has ended. */
  send(bytes: number): void {
    if (this.errors.length > 0) return;
    this.#bytes += bytes;
    this.#guarded.warden.note(this.self, this.#bytes);
  }

  offerAll(): void {
    this.#bytes -= this.takes;
  }

  /** Some of it has left, of which nobody is told. */
  drain(bytes: number): void {
    this.#bytes -= bytes;
  }

  terminate(error: Error & { actual: number }): void {
    this.errors.push(error);
    this.onEnd();
  }
}

const ended = (holders: readonly Holder[]): number[] => holders.map(({ errors }) => errors.length);

test('a connection that has ended is looked at no more', () => {
  const guarded = new Guarded(10_000);
  const { warden } = guarded;
  const [holder] = guarded.holders(5000) as [Holder];
  expect(warden.ledger.used).toBe(5000);
  const watch = warden.begin(holder.self);
  warden.end(holder.self, watch);
  expect(warden.ledger.used).toBe(0);
  warden.settle();
  expect(guarded.looks).toBe(0);
});

test('over the limit those that hold most go, down to nine tenths of it, each with what was held before', () => {
  const guarded = new Guarded(1000);
  const holders = guarded.holders(30, 400, 200, 250, 120);
  expect([ended(holders), guarded.overBudget]).toEqual([[0, 0, 0, 0, 0], 0]);
  holders[0]!.send(1);
  expect(ended(holders)).toEqual([0, 1, 0, 0, 0]);
  expect(holders[1]!.errors).toMatchObject([{ code: 'ERR_SOKKER_OVER_BUDGET', limit: 1000, actual: 1001 }]);
  holders[0]!.send(395);
  expect([ended(holders), guarded.overBudget]).toEqual([[0, 1, 0, 0, 0], 1]);
  const more = guarded.holders(5, 5, 5);
  expect([ended(holders), ended(more)]).toEqual([
    [1, 1, 0, 0, 0],
    [0, 0, 0],
  ]);
  expect([guarded.warden.ledger.used, guarded.overBudget]).toEqual([585, 2]);
});

test('what is taken when it is offered is not held: it may be all that was sent in this turn', () => {
  const guarded = new Guarded(1000);
  const holders = guarded.holders(600, 300);
  holders[1]!.takes = 150;
  holders[0]!.send(200);
  expect([ended(holders), guarded.warden.ledger.used]).toEqual([[0, 0], 950]);
  holders[1]!.takes = 0;
  holders[0]!.send(100);
  expect(ended(holders)).toEqual([1, 0]);
});

test('who reads keeps a broadcast just below the limit from looking at all for each of all', () => {
  const guarded = new Guarded(1000);
  const slow = guarded.holders(...Array<number>(99).fill(10));
  const readers = guarded.holders(...Array<number>(100).fill(0));
  for (const reader of readers) {
    reader.takes = 20;
    reader.send(20);
  }
  expect([guarded.looks, guarded.warden.ledger.used]).toEqual([readers.length, 990]);
  expect(ended([...slow, ...readers])).not.toContain(1);
});

test('several go in one pass where one is not enough', () => {
  const guarded = new Guarded(1000);
  const holders = guarded.holders(60, ...Array<number>(9).fill(100), 5);
  holders[0]!.send(40);
  expect(ended(holders).filter((times) => times === 1)).toHaveLength(2);
  expect(holders.flatMap(({ errors }) => errors.map(({ actual }) => actual))).toEqual([1005, 905]);
});

test('what has left meanwhile ends nobody', () => {
  const guarded = new Guarded(1000);
  const holders = guarded.holders(500, 490);
  holders[0]!.drain(50);
  holders[1]!.send(20);
  expect([ended(holders), guarded.warden.ledger.used]).toEqual([[0, 0], 960]);
});

describe('looks', () => {
  /** How often each of so many holders is looked at while all are sent something, again and again, at the limit. */
  function looksOfEach(count: number, onEnd: (holders: readonly Holder[], index: number) => unknown): number {
    const guarded = new Guarded(count * 8192);
    const holders = guarded.holders(...Array<number>(count).fill(8192));
    for (const [index, holder] of holders.entries()) holder.onEnd = () => onEnd(holders, index);
    for (const holder of holders) holder.send(4096);
    expect(guarded.overBudget).toBe(ended(holders).reduce((sum, times) => sum + times));
    expect(Math.max(...ended(holders))).toBe(1);
    expect(guarded.warden.ledger.used).toBeLessThanOrEqual(count * 8192);
    return guarded.looks / count;
  }

  test.each<[string, (holders: readonly Holder[], index: number) => unknown]>([
    ['nobody hears of an end', () => undefined],
    ['who hears of an end sends to another', (holders, index) => holders[holders.length - 1 - index]!.send(4096)],
    ['who hears of an end sends to its neighbour', (holders, index) => holders[index + 1]?.send(4096)],
  ])('grow with the number of connections alone: %s', (_, onEnd) => {
    expect(looksOfEach(100, onEnd)).toBeLessThan(10);
    expect(looksOfEach(2000, onEnd)).toBeLessThan(10);
  });
});

describe('who hears of an end', () => {
  test('may end others: they go once, and are not recorded as well', () => {
    const guarded = new Guarded(1000);
    const [second, ...rest] = guarded.holders(99, ...Array<number>(10).fill(90), 1) as [Holder, ...Holder[]];
    const watch = guarded.warden.begin(second.self);
    const first = new Holder(guarded, 0);
    first.onEnd = () => guarded.warden.end(second.self, watch);
    first.send(500);
    expect(ended([first, second, ...rest])).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([guarded.overBudget, guarded.warden.ledger.used]).toEqual([2, 811]);
  });

  test('may ask how much is held', () => {
    const guarded = new Guarded(1000);
    const holders = guarded.holders(400, 300, 200);
    const seen: number[] = [];
    holders[1]!.onEnd = () => {
      guarded.warden.settle();
      seen.push(guarded.warden.ledger.used);
    };
    holders[1]!.send(200);
    expect([ended(holders), seen]).toEqual([[0, 1, 0], [600]]);
  });

  test('may have another, who held nothing, hold too much: it goes as well, and nobody in its stead', () => {
    const guarded = new Guarded(1000);
    const [first, second] = guarded.holders(600, 300) as [Holder, Holder];
    const late = new Holder(guarded, 0);
    first.onEnd = () => late.send(2000);
    first.send(500);
    expect([ended([first, second, late]), guarded.overBudget]).toEqual([[1, 0, 1], 2]);
    expect(guarded.warden.ledger.used).toBe(300);
  });

  test('may throw: the next note goes on', () => {
    const guarded = new Guarded(1000);
    const holders = guarded.holders(450, 440, 100);
    holders[0]!.onEnd = () => {
      throw new Error('a fault');
    };
    expect(() => holders[2]!.send(20)).toThrow('a fault');
    expect(ended(holders)).toEqual([1, 0, 0]);
    holders[2]!.send(3000);
    expect(ended(holders)).toEqual([1, 0, 1]);
  });
});
