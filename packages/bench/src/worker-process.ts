/** A child process of the bench that takes one job at a time over IPC: the load, and the in-process measurements. */
import { spawn, type ChildProcess } from 'node:child_process';
import { pinned } from './placement.js';

interface Answer<Result> {
  readonly result?: Result;
  readonly error?: string;
}

export interface WorkerOptions {
  readonly script: string;
  readonly processor: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

export class WorkerProcess<Job, Result> {
  readonly #child: ChildProcess;

  constructor(options: WorkerOptions) {
    const [command, args] = pinned(options.processor, process.execPath, [options.script]);
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...options.env },
    });
    this.#child.on('error', () => {});
  }

  run(job: Job): Promise<Result> {
    return new Promise((resolve, reject) => {
      const settle = (answer: Answer<Result>): void => {
        this.#child.off('message', settle).off('close', ended);
        if (answer.result === undefined) reject(new Error(answer.error));
        else resolve(answer.result);
      };
      const ended = (): void => settle({ error: 'the process ended before it answered' });
      this.#child.on('message', settle).on('close', ended);
      this.#child.send(job as object, (error) => error && settle({ error: error.message }));
    });
  }

  /** Ends the process by its id. */
  kill(): void {
    this.#child.kill();
  }
}
