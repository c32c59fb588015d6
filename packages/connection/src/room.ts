import { unlessAborted } from './aborts.js';
import type { Engine } from './engine.js';
import { closed } from './failure.js';
import { rejected, unheard } from './unheard.js';

interface Waiter {
  /** Whether it is the message that is being made, which those behind it must not keep waiting. */
  readonly own: boolean;
  resolve(): void;
  reject(error: Error): void;
}

/** Who waits until little enough waits to be written. */
export class RoomWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Whether somebody waits. */
  get any(): boolean {
    return this.#waiters.size > 0;
  }

  /** Resolves with `give`, or rejects with `refuse`, or as the signal aborts. @param own for the message that is being made */
  wait(own: boolean, signal?: AbortSignal): Promise<void> {
    let giveUp: (() => void) | undefined;
    const room = new Promise<void>((resolve, reject) => {
      const waiter = { own, resolve, reject };
      this.#waiters.add(waiter);
      giveUp = () => void this.#waiters.delete(waiter);
    });
    return unlessAborted(signal, room, giveUp);
  }

  /** @param all whether there is room for others than the message that is being made */
  give(all: boolean): void {
    for (const waiter of this.#waiters) {
      if (!all && !waiter.own) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  refuse(why: () => Error): void {
    for (const waiter of this.#waiters) waiter.reject(why());
    this.#waiters.clear();
  }
}

/** Resolves when little enough waits to be written; rejects when the connection ends before, or the signal aborts. */
export function awaitRoom(engine: Engine, signal: AbortSignal | undefined): Promise<void> {
  if (!engine.sendable) return rejected(closed());
  if (signal?.aborted === true) return rejected(signal.reason);
  return unheard(engine.outgoing.writer.room(false, signal));
}
