/** What came of the messages of a round, each of which the server should send back. */
import { percentile } from './measure.js';

export interface Round {
  readonly echoes: number;
  /** Messages whose echo did not come before the round was over. */
  readonly missing: number;
  /** Of all that were sent; NaN where nothing was: that is no good news. */
  readonly p99Ms: number;
}

/** Counts echoes, and keeps the time of each message that is under way. */
export class Echoes {
  readonly #sentAt = new Map<number, number>();
  #tookMs: number[] = [];
  #next = 0;

  /** Messages that are under way. */
  get missing(): number {
    return this.#sentAt.size;
  }

  /** Answers the number that the message carries. */
  sent(at: number): number {
    this.#sentAt.set(this.#next, at);
    return this.#next++;
  }

  /** One of a round that is over was counted there. */
  came(message: number, at: number): void {
    const sentAt = this.#sentAt.get(message);
    if (sentAt === undefined) return;
    this.#sentAt.delete(message);
    this.#tookMs.push(at - sentAt);
  }

  /** Ends the round: what has not come took at least as long as it is old. */
  end(at: number): Round {
    const ages = [...this.#sentAt.values()].map((sentAt) => at - sentAt);
    const p99Ms = percentile([...this.#tookMs, ...ages], 0.99);
    const round = { echoes: this.#tookMs.length, missing: ages.length, p99Ms };
    this.#sentAt.clear();
    this.#tookMs = [];
    return round;
  }
}
