import { fuzz } from '../src/fuzzer.js';
import { hoarding, planted, sound } from './planted.js';

const options = { seed: 7, executions: 3000, corpus: [] };

test('a target without faults: all executions, no finding', async () => {
  const report = await fuzz({ ...options, target: sound });
  expect(report).toMatchObject({ executions: 3000, faults: [] });
  expect(report.outcomes).toBeGreaterThan(1);
});

test('the same seed gives the same run, another seed another', async () => {
  const inputs = async (seed: number): Promise<string> => {
    const seen: string[] = [];
    await fuzz({
      ...options,
      executions: 200,
      seed,
      target: sound,
      onExecute: (input) => seen.push(input.toString('hex')),
    });
    return seen.join();
  };
  const [one, again, other] = [await inputs(3), await inputs(3), await inputs(4)];
  expect(again).toBe(one);
  expect(other).not.toBe(one);
});

test('a planted fault is found and minimised to what it needs', async () => {
  const { faults } = await fuzz({ ...options, target: planted });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject({ kind: 'Finding no bug', message: 'Finding: no bug: B, U and G in order' });
  expect(faults[0]?.input.toString('latin1').slice(1)).toBe('BUG');
  expect(faults[0]?.stack).toContain('planted.ts');
});

test('a fault that needs more than the seeds is found by mutation', async () => {
  const target = { ...planted, seeds: () => [Buffer.from('\x01BU'), Buffer.from('\x01GB')] };
  const { faults, executions } = await fuzz({ ...options, executions: 50_000, target });
  expect(faults.map(({ input }) => input.toString('latin1', 1))).toEqual(['BUG']);
  expect(executions).toBeGreaterThan(2);
});

test('inputs of the corpus come after the seeds, and it stops when told', async () => {
  const seen: string[] = [];
  let told = 0;
  const report = await fuzz({
    ...options,
    executions: Infinity,
    target: sound,
    corpus: [Buffer.from('\x01kept')],
    onExecute: (input) => seen.push(input.toString('latin1', 1)),
    isStopped: () => ++told === 3,
  });
  expect(seen.slice(1, 3)).toEqual(['BUG', 'kept']);
  expect(report.executions).toBeGreaterThan(64);
});

test.each([1, 1024, 20_000, Infinity])(
  'memory is probed in a run of %d executions, however it ends',
  async (executions) => {
    let told = 0;
    const run = { ...options, executions, target: hoarding, isStopped: () => ++told === 16 };
    expect((await fuzz(run)).faults.map(({ kind }) => kind)).toEqual(['Finding retained memory']);
  },
);

test('a longer run probes memory many times', async () => {
  let probes = 0;
  const target = {
    ...hoarding,
    probeMemory: () => {
      probes++;
    },
  };
  await fuzz({ ...options, executions: 100_000, target });
  expect(probes).toBeGreaterThanOrEqual(10);
});
