import type { Random } from '../random.js';
import { SoakClient, type Tally } from './client.js';
import { makeMessage } from './messages.js';
import type { SoakOptions } from './options.js';

/** How many dial at once. */
const DIALLING = 64;
/** One in so many of those that go says nothing. */
const VANISH_ONE_IN = 5;

/** All clients: as many as wanted, some of them always leaving, others coming in their place. */
export class Crowd {
  readonly #options: SoakOptions;
  readonly #port: number;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #clients: SoakClient[] = [];
  readonly #pending = new Set<Promise<void>>();
  #opening = 0;
  /** Parts of a message or a departure that are due. */
  #dueMessages = 0;
  #dueDepartures = 0;

  constructor(options: SoakOptions, port: number, random: Random, tally: Tally) {
    this.#options = options;
    this.#port = port;
    this.#random = random;
    this.#tally = tally;
  }

  get size(): number {
    return this.#clients.length;
  }

  /** What is due after `ms` more milliseconds. */
  tick(ms: number): void {
    const { connections, messagesPerSecond, churn } = this.#options;
    const seconds = ms / 1000;
    this.#dueDepartures += connections * churn * seconds;
    for (; this.#dueDepartures >= 1; this.#dueDepartures--) this.#depart();
    while (this.#clients.length + this.#opening < connections && this.#opening < DIALLING) this.#track(this.#open());
    if (this.#clients.length === 0) return;
    this.#dueMessages += messagesPerSecond * seconds;
    for (; this.#dueMessages >= 1; this.#dueMessages--) {
      this.#random.pick(this.#clients).send(makeMessage(this.#random, performance.now()));
    }
  }

  /** Everyone leaves in order. */
  async end(): Promise<void> {
    await Promise.all(this.#pending);
    await Promise.all(this.#clients.splice(0).map((client) => client.leave()));
  }

  #depart(): void {
    const at = this.#random.below(Math.max(1, this.#clients.length));
    const [client] = this.#clients.splice(at, 1);
    if (client === undefined) return;
    if (this.#random.oneIn(VANISH_ONE_IN)) client.vanish();
    else this.#track(client.leave());
  }

  async #open(): Promise<void> {
    const deflate = this.#random.below(1000) < this.#options.deflate * 1000;
    this.#opening++;
    try {
      this.#clients.push(await SoakClient.open(this.#port, deflate, this.#tally));
    } finally {
      this.#opening--;
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#tally.onFault(error instanceof Error ? error.message : String(error)))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }
}
