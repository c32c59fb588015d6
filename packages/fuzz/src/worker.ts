/** The thread that executes: one target, then its report. */
import { parentPort, workerData } from 'node:worker_threads';
import { readCorpus } from './corpus.js';
import { fuzz, type FuzzReport } from './fuzzer.js';
import { SharedState } from './shared-state.js';
import { loadTargets } from './target-list.js';

export interface WorkerJob {
  readonly module: string | undefined;
  readonly target: string;
  readonly seed: number;
  readonly executions: number;
  readonly corpus: string;
  readonly shared: SharedArrayBuffer;
}

/** What the worker answers, once. */
export interface WorkerAnswer {
  readonly report: FuzzReport;
  /** Of each fault, for those who read it. */
  readonly descriptions: readonly string[];
}

async function work(job: WorkerJob): Promise<WorkerAnswer> {
  const shared = new SharedState(job.shared);
  const target = (await loadTargets(job.module)).find(({ name }) => name === job.target);
  if (target === undefined) throw new Error(`there is no target '${job.target}'`);
  const report = await fuzz({
    target,
    seed: job.seed,
    executions: job.executions,
    corpus: readCorpus(job.corpus, target.name),
    onExecute: (input) => shared.begin(input),
    isStopped: () => shared.isStopped,
  });
  const descriptions = report.faults.map(({ input }) => target.describe?.(input) ?? input.toString('hex'));
  return { report, descriptions };
}

parentPort?.postMessage(await work(workerData as WorkerJob));
