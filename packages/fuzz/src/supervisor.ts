/* Watches the thread that executes: progress, time, hangs, and the wish to stop. */
import { Worker } from 'node:worker_threads';
import type { CommandOptions } from './options.js';
import { SharedState } from './shared-state.js';
import type { WorkerAnswer, WorkerJob } from './worker.js';

const POLL_MS = 250;
const MINUTE_MS = 60_000;
/** What a thread may take to load its targets: the first execution is not under way before. */
const LOAD_SECONDS = 60;

/** How a target's run ended. */
export type Ending =
  | { readonly type: 'finished'; readonly answer: WorkerAnswer }
  /** An execution took too long, or took the thread with it. */
  | { readonly type: 'lost'; readonly why: string; readonly input: Buffer; readonly executions: number };

export interface Watcher {
  /** Called a few times a second. */
  progress(executions: number, elapsedMs: number): void;
  /** Whether someone wants an end of it. */
  isStopped(): boolean;
}

/** Runs one target in a thread of its own. */
export function supervise(target: string, options: CommandOptions, watcher: Watcher): Promise<Ending> {
  const shared = new SharedState();
  const { module, seed, executions, corpus, minutes, hangSeconds } = options;
  const workerData: WorkerJob = { module, target, seed, executions, corpus, shared: shared.buffer };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
  const start = performance.now();
  let seen = { executions: 0, at: start };
  return new Promise((resolve) => {
    const lost = (why: string): void => {
      clearInterval(timer);
      resolve({ type: 'lost', why, input: shared.input, executions: shared.executions });
      void worker.terminate();
    };
    const timer = setInterval(() => {
      const now = performance.now();
      if (shared.executions !== seen.executions) seen = { executions: shared.executions, at: now };
      watcher.progress(seen.executions, now - start);
      if (watcher.isStopped() || now - start > minutes * MINUTE_MS) shared.stop();
      const seconds = seen.executions === 0 ? Math.max(LOAD_SECONDS, hangSeconds) : hangSeconds;
      if (now - seen.at > seconds * 1000) lost(`no end after ${seconds} s`);
    }, POLL_MS);
    worker.once('message', (answer: WorkerAnswer) => {
      clearInterval(timer);
      resolve({ type: 'finished', answer });
    });
    worker.once('error', (error) => lost(String(error)));
    worker.once('exit', (code) => lost(`the thread ended with ${code}`));
  });
}
