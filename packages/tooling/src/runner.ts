import type { Findings, Gate, GateContext } from './gate.js';

/** A gate's outcome with the time it took, in milliseconds. */
export interface Outcome extends Findings {
  readonly gate: Gate;
  readonly elapsedMs: number;
}

export interface RunnerOptions {
  readonly context: GateContext;
  /** Gates in flight at a time. */
  readonly parallel: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Called once per gate, in the order of `gates`, as soon as all before it are done. */
  readonly report: (outcome: Outcome) => void;
}

/** Runs the gates and answers their outcomes in order. Gates with `slow` start first: they are processes of their own. */
export async function runGates(gates: readonly Gate[], options: RunnerOptions): Promise<Outcome[]> {
  const outcomes = new Map<Gate, Outcome>();
  const waiting = [...gates].sort((a, b) => Number(b.slow ?? false) - Number(a.slow ?? false));
  let reported = 0;
  const work = async (): Promise<void> => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      outcomes.set(gate, await runGate(gate, options));
      for (let done = next(); done !== undefined; done = next()) {
        options.report(done);
        reported++;
      }
    }
  };
  const next = (): Outcome | undefined => {
    const gate = gates[reported];
    return gate && outcomes.get(gate);
  };
  await Promise.all(Array.from({ length: Math.max(1, options.parallel) }, work));
  return gates.flatMap((gate) => outcomes.get(gate) ?? []);
}

async function runGate(gate: Gate, { context, now }: RunnerOptions): Promise<Outcome> {
  const start = now();
  const findings = await check(gate, context);
  return { gate, ...findings, elapsedMs: now() - start };
}

/** A gate that throws is a failure of that gate, never the end of the run. */
async function check(gate: Gate, context: GateContext): Promise<Findings> {
  try {
    return await gate.check(context);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { note: 'the gate itself failed', failures: text.split('\n') };
  }
}
