import { unlessAborted } from './deadline.js';

/**
 * RFC 6455 §4.1 (2): no more than one connection to a remote address may be CONNECTING. Others wait for their turn, in
 * order; it comes when the one before has opened or failed.
 */
export class Turns {
  readonly #waiting = new Map<string, (() => void)[]>();

  /**
   * Waits for a turn.
   * @param key the remote host and port
   * @returns what gives the turn up; calling it again does nothing
   */
  async take(key: string, signal: AbortSignal): Promise<() => void> {
    const queue = this.#waiting.get(key);
    if (queue === undefined) this.#waiting.set(key, []);
    else await this.#wait(queue, signal);
    let held = true;
    return () => {
      if (held) this.#pass(key);
      held = false;
    };
  }

  #wait(queue: (() => void)[], signal: AbortSignal): Promise<void> {
    let turn: (() => void) | undefined;
    return unlessAborted(
      signal,
      (resolve: () => void) => queue.push((turn = resolve)),
      () => {
        const index = turn === undefined ? -1 : queue.indexOf(turn);
        if (index !== -1) queue.splice(index, 1);
      },
    );
  }

  #pass(key: string): void {
    const next = this.#waiting.get(key)?.shift();
    if (next === undefined) this.#waiting.delete(key);
    else next();
  }
}

/** The turns of this process. */
export const turns = new Turns();
