import type { Backplane } from './backplane.js';
import { ClusterError } from './errors.js';

/** Hands messages to the backplane, and bounds what that has not taken. */
export class Publisher {
  readonly #backplane: Backplane;
  readonly #maxPendingBytes: number;
  /** Who waits for the last of it to be taken. */
  #waiters: (() => void)[] = [];
  pendingBytes = 0;
  /** Messages that were taken, and that were not. */
  published = 0;
  failed = 0;

  constructor(backplane: Backplane, maxPendingBytes: number) {
    this.#backplane = backplane;
    this.#maxPendingBytes = maxPendingBytes;
  }

  /** Rejects with ClusterError `ERR_SOKKER_PUBLISH`, `ERR_SOKKER_PUBLISH_BEHIND`. */
  async publish(channel: string, message: Buffer): Promise<void> {
    if (this.pendingBytes >= this.#maxPendingBytes) {
      this.failed++;
      throw new ClusterError('ERR_SOKKER_PUBLISH_BEHIND', channel);
    }
    this.pendingBytes += message.length;
    try {
      await this.#backplane.publish(channel, message);
      this.published++;
    } catch (cause) {
      this.failed++;
      throw new ClusterError('ERR_SOKKER_PUBLISH', channel, { cause });
    } finally {
      this.pendingBytes -= message.length;
      if (this.pendingBytes === 0) for (const resolve of this.#waiters.splice(0)) resolve();
    }
  }

  /** Resolves when nothing waits for the backplane. */
  async idle(): Promise<void> {
    if (this.pendingBytes > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }
}
