import { errorOf } from './failure.js';

/** A message that waits for its place in the order of messages. */
export interface Job {
  /** Bytes that it holds, while it waits or while it runs: they change only when it begins to run. */
  readonly bytes: number;
  /** Part of it was given away: cut short, it would be taken for the beginning of those behind it. */
  readonly committed?: boolean;
  /** Puts the message on the wire; a promise when that goes on elsewhere, and the next job waits for it. */
  run(): Promise<void> | undefined;
  /** The connection ends: a message that can be stopped, stops. */
  drop?(error: Error): void;
}

/** Keeps messages in order while one of them is still being made. */
export class JobQueue {
  readonly #onSettled: () => void;
  readonly #onFailure: (error: Error) => void;
  #waiting: Job[] = [];
  #running: Job | undefined;
  /** Bytes held by jobs that wait or run. */
  bytes = 0;

  /**
   * @param onSettled a job that was waited for is done, and those behind it have begun
   * @param onFailure a job threw, or its promise was rejected
   */
  constructor(onSettled: () => void, onFailure: (error: Error) => void) {
    this.#onSettled = onSettled;
    this.#onFailure = onFailure;
  }

  /** Whether a job is under way, so that others have to wait. */
  get busy(): boolean {
    return this.#running !== undefined;
  }

  /** Whether the job under way cannot be taken back. */
  get committed(): boolean {
    return this.#running?.committed === true;
  }

  add(job: Job): void {
    this.#waiting.push(job);
    this.bytes += job.bytes;
    if (!this.busy) this.#work();
  }

  /** Takes back a job, if it still waits. */
  remove(job: Job): void {
    const index = this.#waiting.indexOf(job);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    this.bytes -= job.bytes;
  }

  /** Tells every job that it will not be sent; those that can be stopped stop. */
  interrupt(why: () => Error): void {
    for (const job of [this.#running, ...this.#waiting]) job?.drop?.(why());
  }

  /** Lets go of the jobs that wait. */
  abandon(): void {
    for (const job of this.#waiting) this.bytes -= job.bytes;
    this.#waiting = [];
  }

  #work(): void {
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      const pending = this.#start(job);
      if (pending !== undefined) return this.#await(job, pending);
      this.#running = undefined;
      this.bytes -= job.bytes;
    }
  }

  #start(job: Job): Promise<void> | undefined {
    // It runs from here on: a source may send something itself when it is first asked.
    this.#running = job;
    const waited = job.bytes;
    try {
      return job.run();
    } catch (error) {
      this.#running = undefined;
      this.#fail(error);
      return undefined;
    } finally {
      this.bytes += job.bytes - waited;
    }
  }

  #fail(error: unknown): void {
    this.#onFailure(errorOf(error));
  }

  #await(job: Job, pending: Promise<void>): void {
    const settle = (): void => {
      this.#running = undefined;
      this.bytes -= job.bytes;
      this.#work();
      this.#onSettled();
    };
    pending.then(settle, (error: unknown) => {
      this.#fail(error);
      settle();
    });
  }
}
