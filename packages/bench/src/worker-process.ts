/** A child process of the bench that takes one job at a time over IPC: the load, and the in-process measurements. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { pinned } from './placement.js';

interface Answer<Result> {
  readonly result?: Result;
  readonly error?: string;
}

export interface WorkerOptions {
  readonly script: string;
  readonly processor: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** A job that takes longer has failed, and its process ends. */
  readonly timeoutMs?: number;
}

/** Several times what any job takes: 10 000 connections opened on a slow machine, and a window. */
const TIMEOUT_MS = 120_000;

export class WorkerProcess<Job, Result> {
  readonly #options: WorkerOptions;
  #child: ChildProcess | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** The process starts with the first job, and anew with the next one after it has ended. */
  run(job: Job): Promise<Result> {
    const child = (this.#child ??= this.#start());
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (answer: Answer<Result>): void => {
        clearTimeout(timer);
        child.off('message', settle).off('close', ended);
        if (answer.result === undefined) reject(new Error(answer.error));
        else resolve(answer.result);
      };
      const ended = (): void => settle({ error: 'the process ended before it answered' });
      const timer = setTimeout(() => {
        this.kill();
        settle({ error: `nothing within ${timeoutMs / 1000} s` });
      }, timeoutMs);
      child.on('message', settle).on('close', ended);
      child.send(job as object, (error) => error && settle({ error: error.message }));
    });
  }

  /** Ends the process by its id, and waits for its end. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'close');
    this.kill();
    await ended;
  }

  /** Ends the process by its id, at once. */
  kill(): void {
    this.#child?.kill();
    this.#child = undefined;
  }

  #start(): ChildProcess {
    const { script, processor, env } = this.#options;
    const [command, args] = pinned(processor, process.execPath, [script]);
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    });
    child.on('error', () => {});
    child.once('close', () => {
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }
}
