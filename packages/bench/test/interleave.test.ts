import { interleave, type Contestant, type Sample } from '../src/interleave.js';
import { summarize } from '../src/results.js';

class Scripted implements Contestant {
  readonly label: string;
  disposed = false;
  #sample = 0;

  constructor(
    readonly name: string,
    readonly log: string[],
    readonly script: (sample: number) => number,
  ) {
    this.label = name;
  }

  async prepare(): Promise<void> {
    this.log.push(`prepare ${this.name}`);
  }

  async sample(): Promise<Sample> {
    this.log.push(this.name);
    return { value: this.script(++this.#sample), loadShare: this.#sample / 10 };
  }

  async dispose(): Promise<void> {
    this.disposed = true;
  }
}

const failing = (): number => {
  throw new Error('no such server');
};

test('contestants take turns, there and back, and start afresh every third round', async () => {
  const log: string[] = [];
  const contestants = ['a', 'b', 'c'].map((name) => new Scripted(name, log, (sample) => sample));
  const series = await interleave(contestants, 5, () => {});
  expect(log.join(' ')).toBe(
    'prepare a prepare b prepare c a b c c b a b c a prepare a prepare c prepare b a c b c a b',
  );
  const rest = { values: [1, 2, 3, 4, 5], loadShare: 0.3 };
  expect(series).toEqual(['a', 'b', 'c'].map((name) => ({ name, label: name, ...rest })));
  expect(contestants.every(({ disposed }) => disposed)).toBe(true);
});

test('one that fails is ended before the others go on', async () => {
  const log: string[] = [];
  const broken = new Scripted('broken', log, failing);
  const next = new Scripted('next', log, () => (broken.disposed ? 1 : 0));
  const series = await interleave([broken, next], 1, () => {});
  expect(series[1]?.values).toEqual([1]);
});

test('one that fails is out, with its reason, and the others go on', async () => {
  const log: string[] = [];
  const contestants = [
    new Scripted('sokker', log, () => 2),
    new Scripted('bun', log, failing),
    new Scripted('ws', log, (sample) => (sample === 1 ? 8 : failing())),
    new Scripted('net', log, () => 1),
  ];
  const series = await interleave(contestants, 2, () => {});
  const bars = [{ against: 'ws', atMost: 0.9, aim: 0.5 }];
  const head = { id: 'x', section: 'server', title: 'x', unit: 'µs', subject: 'sokker', bars } as const;
  const result = summarize(head, series, '2026-01-01');
  expect(result.missing).toEqual([
    { label: 'bun', reason: 'no such server' },
    { label: 'ws', reason: 'no such server' },
  ]);
  expect(result.standings.map(({ name }) => name)).toEqual(['sokker', 'ws', 'net']);
  expect(result.ratios).toMatchObject([
    { against: 'ws', ratio: { median: 0.25, count: 1 }, atMost: 0.9, aim: 0.5 },
    { against: 'net', ratio: { median: 2, count: 2 } },
  ]);
});
