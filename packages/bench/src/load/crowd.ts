/** Many connections to one server: opened a few at a time, closed together, failing together. */
import { within } from '../deadline.js';
import { LoadConnection } from './connection.js';
import type { Target } from './jobs.js';
import type { FirstMessage } from './reply-reader.js';

export interface CrowdOptions {
  readonly target: Target;
  readonly deflate: boolean;
  readonly onMessages: (count: number, connection: LoadConnection) => void;
  readonly onFirst: (message: FirstMessage) => void;
}

/** Connections being opened at one time: enough to keep a server busy, few enough for any backlog. */
const OPENING_AT_ONCE = 64;
/** A server that leaves a connection open for longer than this, when the load has ended it, is not waited for. */
const CLOSE_TIMEOUT_MS = 5000;

export class Crowd {
  readonly #options: CrowdOptions;
  readonly #dialled: LoadConnection[] = [];
  readonly #members: LoadConnection[] = [];
  #closing = false;
  #reject: (error: Error) => void = () => {};
  /** Rejects with the first error of any connection. */
  readonly failed = new Promise<never>((_, reject) => (this.#reject = reject));

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.failed.catch(() => {});
  }

  get members(): readonly LoadConnection[] {
    return this.#members;
  }

  async open(count: number): Promise<void> {
    const dialled = this.#dialled;
    const all = new Promise<void>((resolve) => {
      const dial = (): void =>
        this.#dial((member) => {
          this.#members.push(member);
          if (this.#members.length === count) resolve();
          else if (dialled.length < count && !this.#closing) dial();
        });
      while (dialled.length < Math.min(count, OPENING_AT_ONCE)) dial();
    });
    await Promise.race([all, this.failed]);
  }

  /** Until both sides have closed: what a server still has to close would burden the one that is measured next. */
  async close(): Promise<void> {
    this.#closing = true;
    const ended = Promise.all(this.#dialled.map((connection) => connection.end()));
    if (await within(ended, CLOSE_TIMEOUT_MS)) return;
    for (const connection of this.#dialled) connection.close();
  }

  #dial(onOpen: (member: LoadConnection) => void): void {
    const { target, deflate, onMessages, onFirst } = this.#options;
    const onError = (error: Error): void => this.#reject(error);
    this.#dialled.push(new LoadConnection({ target, deflate, onOpen, onMessages, onFirst, onError }));
  }
}
