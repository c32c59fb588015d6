import { shown } from '@sokker/frame';
import { randomBytes } from 'node:crypto';
import type { Backplane } from './backplane.js';
import { isFrom, ORIGIN_BYTES, seal, type Envelope } from './envelope.js';
import { ClusterError } from './errors.js';

/** What clients of brokers keep for a message that waits, beside its bytes: 0.8 to 4.4 KiB, as measured. */
export const ITEM_BYTES = 2048;

/** Hands messages to the backplane, and bounds what that has not taken. */
export class Publisher {
  readonly #backplane: Backplane;
  readonly #maxPendingBytes: number;
  /** Tells what this server says from what others do. */
  readonly #origin = randomBytes(ORIGIN_BYTES);
  /** Who waits for the last of it to be taken. */
  readonly #waiters: (() => void)[] = [];
  #pendingBytes = 0;
  #published = 0;
  #failed = 0;

  constructor(backplane: Backplane, maxPendingBytes: number) {
    this.#backplane = backplane;
    this.#maxPendingBytes = maxPendingBytes;
  }

  /** Bytes that wait, and messages that were taken or not. */
  get figures(): { readonly pendingBytes: number; readonly published: number; readonly failed: number } {
    return { pendingBytes: this.#pendingBytes, published: this.#published, failed: this.#failed };
  }

  /** Whether a message that came was published here. */
  isOwn(sealed: Uint8Array): boolean {
    return isFrom(sealed, this.#origin);
  }

  /** Rejects with ClusterError `ERR_SOKKER_PUBLISH`, `ERR_SOKKER_PUBLISH_BEHIND`. */
  async publish(channel: string, envelope: Envelope): Promise<void> {
    if (this.#pendingBytes >= this.#maxPendingBytes) {
      this.#failed++;
      throw new ClusterError('ERR_SOKKER_PUBLISH_BEHIND', shown(channel));
    }
    const message = seal(envelope, this.#origin);
    const bytes = message.length + channel.length + ITEM_BYTES;
    this.#pendingBytes += bytes;
    try {
      await this.#backplane.publish(channel, message);
      this.#published++;
    } catch (cause) {
      this.#failed++;
      throw new ClusterError('ERR_SOKKER_PUBLISH', shown(channel), { cause });
    } finally {
      this.#pendingBytes -= bytes;
      if (this.#pendingBytes === 0) for (const resolve of this.#waiters.splice(0)) resolve();
    }
  }

  /** Resolves when nothing waits for the backplane. */
  async idle(): Promise<void> {
    if (this.#pendingBytes > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }
}
