import { ManualClock } from '@sokker/testkit';

/** A clock that tells when somebody begins to wait. */
export class TestClock extends ManualClock {
  #watchers: (() => void)[] = [];

  override setTimeout(callback: () => void, ms: number): unknown {
    const timer = super.setTimeout(callback, ms);
    for (const watcher of this.#watchers.splice(0)) watcher();
    return timer;
  }

  /** Resolves when a timer is set. */
  timerSet(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }
}
