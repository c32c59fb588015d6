/** The balance of a run: how many messages are due, and how many have come. */
import { within } from '../deadline.js';

export class Arrivals {
  #due = 0;
  #count = 0;
  #onComplete = (): void => {};

  get count(): number {
    return this.#count;
  }

  get complete(): boolean {
    return this.#count >= this.#due;
  }

  expect(messages: number): void {
    this.#due += messages;
  }

  add(messages: number): void {
    this.#count += messages;
    if (this.complete) this.#onComplete();
  }

  /** Once nothing more is sent: a connection that lost a message is silent from then on, and the others hide that. */
  async settle(timeoutMs: number, failed: Promise<never>): Promise<void> {
    const completed = new Promise<void>((resolve) => (this.#onComplete = resolve));
    if (!this.complete) await within(Promise.race([completed, failed]), timeoutMs);
    if (this.#count !== this.#due) throw new Error(`${this.#count} messages came back, ${this.#due} were due`);
  }
}
