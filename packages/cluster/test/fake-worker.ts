import type { EventEmitter } from 'node:events';

/** The module itself: an import would be a copy, of which nobody hears. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const cluster = require('node:cluster') as EventEmitter & { isPrimary: boolean; isWorker: boolean };

/** A worker as the primary sees it. */
export class FakeWorker {
  readonly sent: unknown[] = [];
  readonly #unread: (() => void)[] = [];
  readonly #onSent: ((message: unknown) => void) | undefined;

  /** @param onSent takes what is sent in the next tick; without it, that waits for `read` */
  constructor(onSent?: (message: unknown) => void) {
    this.#onSent = onSent;
  }

  send(message: unknown, ...[, , done]: [unknown, unknown, () => void]): boolean {
    this.sent.push(message);
    this.#unread.push(done);
    process.nextTick(() => {
      this.#onSent?.(message);
      if (this.#onSent !== undefined) this.read();
    });
    return true;
  }

  read(count = Infinity): void {
    for (const done of this.#unread.splice(0, count)) done();
  }

  say(message: unknown): void {
    cluster.emit('message', this, message);
  }
}
