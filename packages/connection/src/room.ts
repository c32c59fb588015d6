interface Waiter {
  /** Whether it is the message that is being made, which those behind it must not keep waiting. */
  readonly own: boolean;
  resolve(): void;
  reject(error: Error): void;
}

/** Who waits until little enough waits to be written. */
export class RoomWaiters {
  #waiters: Waiter[] = [];

  /** Whether somebody waits. */
  get any(): boolean {
    return this.#waiters.length > 0;
  }

  /** Resolves with `give`, or rejects with `refuse`. @param own for the message that is being made */
  wait(own: boolean): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ own, resolve, reject }));
  }

  /** @param all whether there is room for others than the message that is being made */
  give(all: boolean): void {
    const waiters = this.#waiters;
    this.#waiters = all ? [] : waiters.filter(({ own }) => !own);
    for (const waiter of waiters) if (all || waiter.own) waiter.resolve();
  }

  refuse(why: () => Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(why());
  }
}
