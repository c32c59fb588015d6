import { parseSoak } from '../../src/soak/options.js';
import { SoakRecord } from '../../src/soak/record.js';
import { slopeOf, Times } from '../../src/soak/statistics.js';

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;
const server = { heapBytes: 0, residentBytes: 0, connections: 1, errors: {}, uncaught: [] };

/** A run of so many minutes, a sample in each. */
function run(minutes: number, heapMib: (minute: number) => number, echoMs: (minute: number) => number): SoakRecord {
  const record = new SoakRecord();
  for (let minute = 1; minute <= minutes; minute++) {
    for (let i = 0; i < 100; i++) record.onEcho(echoMs(minute));
    record.sample(minute * MINUTE_MS, { ...server, heapBytes: heapMib(minute) * MIB }, 1);
  }
  return record;
}

const noisy = (minute: number): number => 20 + (minute % 3) / 10;

test('a heap that stays and times that stay pass', () => {
  const record = run(30, noisy, () => 2);
  expect(record.passed).toBe(true);
  expect(Math.abs(record.slope.perUnit)).toBeLessThan(0.5);
  expect(record.drift).toBeCloseTo(0);
});

test('a heap that grows by 3 MiB an hour fails, after a warm-up that does not count', () => {
  const record = run(30, (minute) => (minute < 6 ? minute : noisy(minute) + minute / 20), () => 2); // prettier-ignore
  expect(record.slope.perUnit).toBeGreaterThan(2);
  expect(record.passed).toBe(false);
  expect(record.summary()).toMatch(/heap slope {2}3\.\d\d ± \d\.\d\d MiB\/h[^]*FAILED$/);
});

test('a short run says the slope and does not judge it', () => {
  const record = run(5, (minute) => minute, () => 2); // prettier-ignore
  expect(record.passed).toBe(true);
  expect(record.summary()).toContain('too short a run to judge');
});

test('times that drift are told', () => {
  expect(run(30, noisy, (minute) => (minute > 20 ? 3 : 2)).drift).toBeCloseTo(0.5, 0);
});

test.each<[string, (record: SoakRecord) => void]>([
  ['a loss', (record) => record.onLost(1)],
  ['a fault', (record) => record.onFault('an echo of nothing')],
  [
    'what nobody caught in the server',
    (record) => void record.sample(40 * MINUTE_MS, { ...server, uncaught: ['Error: a'] }, 1),
  ],
  [
    'an error of the server that no client explains',
    (record) => void record.sample(40 * MINUTE_MS, { ...server, errors: { ERR_SOKKER_MASK_MISSING: 1 } }, 1),
  ],
  [
    'such an error after the last sample',
    (record) => record.end({ ...server, connections: 0, errors: { ERR_SOKKER_MASK_MISSING: 1 } }),
  ],
  ['a connection that is left', (record) => record.end(server)],
])('%s fails', (_, act) => {
  const record = run(30, noisy, () => 2);
  act(record);
  expect(record.passed).toBe(false);
});

test('clients that vanish are no fault of the server', () => {
  const record = run(30, noisy, () => 2);
  record.end({ ...server, connections: 0, errors: { ERR_SOKKER_CONNECTION_LOST: 7, ERR_SOKKER_UNEXPECTED_END: 1 } });
  expect(record.passed).toBe(true);
});

test('a run in which nothing was said fails', () => {
  expect(new SoakRecord().passed).toBe(false);
});

test('percentiles to a tenth', () => {
  const times = new Times();
  for (let ms = 1; ms <= 1000; ms++) times.add(ms);
  expect(times.percentile(0.5) / 500).toBeCloseTo(1, 0);
  expect(Math.abs(times.percentile(0.99) - 990)).toBeLessThan(99);
  expect(new Times().percentile(0.5)).toBeNaN();
});

test('a slope, and how sure it is', () => {
  expect(slopeOf([[0, 1], [1, 3], [2, 5]])).toMatchObject({ perUnit: 2, error: 0 }); // prettier-ignore
  expect(slopeOf([[0, 1], [1, 3]])).toMatchObject({ error: Infinity }); // prettier-ignore
});

test('options have bounds and names', () => {
  expect(parseSoak([])).toMatchObject({ minutes: 30, connections: 3000, churn: 0.01, deflate: 0.2 });
  expect(() => parseSoak(['--minutes', 'long'])).toThrow('--minutes takes a number above 0');
});
