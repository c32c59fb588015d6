import type { Gate, GateContext } from '../src/gate.js';
import { type Outcome, runGates } from '../src/runner.js';
import { MemoryTree } from './memory-tree.js';

const context: GateContext = {
  tree: new MemoryTree({}),
  update: false,
  run: () => Promise.resolve({ status: 0, output: '' }),
  load: () => Promise.resolve({}),
};

async function run(gates: readonly Gate[], parallel: number): Promise<{ reported: string[]; outcomes: Outcome[] }> {
  const reported: string[] = [];
  let clock = 0;
  const outcomes = await runGates(gates, {
    context,
    parallel,
    now: () => (clock += 5),
    report: ({ gate }) => reported.push(gate.name),
  });
  return { reported, outcomes };
}

const gate = (name: string, check: Gate['check'], slow?: true): Gate => ({
  name,
  promise: '',
  check,
  ...(slow && { slow }),
});
const passes = (): { note: string; failures: string[] } => ({ note: '', failures: [] });

describe('running gates', () => {
  test('reports in the order of the list, whichever ends first', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = gate('first', () => held.then(passes));
    const second = gate('second', () => (release(), passes()));
    const { reported, outcomes } = await run([first, second], 2);
    expect(reported).toEqual(['first', 'second']);
    expect(outcomes.map((outcome) => outcome.gate.name)).toEqual(['first', 'second']);
  });

  test('starts the slow gates first', async () => {
    const started: string[] = [];
    const note = (name: string, slow?: true): Gate => gate(name, () => (started.push(name), passes()), slow);
    await run([note('a'), note('b', true), note('c', true)], 1);
    expect(started).toEqual(['b', 'c', 'a']);
  });

  test('a gate that throws fails alone', async () => {
    const broken = gate('broken', () => Promise.reject(new Error('no such tool\nat all')));
    const { outcomes } = await run([broken, gate('sound', passes)], 1);
    expect(outcomes[0]).toMatchObject({ note: 'the gate itself failed', failures: ['no such tool', 'at all'] });
    expect(outcomes[1]?.failures).toEqual([]);
  });

  test('measures each gate by the clock it was handed', async () => {
    const { outcomes } = await run([gate('only', passes)], 1);
    expect(outcomes[0]?.elapsedMs).toBe(5);
  });
});
