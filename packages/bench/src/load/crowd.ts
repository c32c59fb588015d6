/** Many connections to one server: opened a few at a time, closed together, failing together. */
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

export class Crowd {
  readonly #options: CrowdOptions;
  readonly #members: LoadConnection[] = [];
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
    let dialled = 0;
    const all = new Promise<void>((resolve) => {
      const dial = (): void => {
        dialled++;
        this.#dial((member) => {
          this.#members.push(member);
          if (this.#members.length === count) resolve();
          else if (dialled < count) dial();
        });
      };
      while (dialled < Math.min(count, OPENING_AT_ONCE)) dial();
    });
    await Promise.race([all, this.failed]);
  }

  close(): void {
    for (const member of this.#members) member.close();
  }

  #dial(onOpen: (member: LoadConnection) => void): void {
    const { target, deflate, onMessages, onFirst } = this.#options;
    new LoadConnection({ target, deflate, onOpen, onMessages, onFirst, onError: (error) => this.#reject(error) });
  }
}
