import { SetView } from './set-view.js';

const NOBODY: ReadonlySet<never> = new SetView(new Set<never>());

/** Who has joined what. Publishing to a topic costs as much as it has subscribers; leaving all, as one has joined. */
export class Topics<Subscriber> {
  readonly #subscribers = new Map<string, Set<Subscriber>>();

  /** How many topics have subscribers. */
  get size(): number {
    return this.#subscribers.size;
  }

  /** Who has joined a topic, as they come and go while it has any. */
  of(topic: string): ReadonlySet<Subscriber> {
    const subscribers = this.#subscribers.get(topic);
    return subscribers === undefined ? NOBODY : new SetView(subscribers);
  }

  join(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) this.#subscribers.set(topic, new Set([subscriber]));
    else subscribers.add(subscriber);
  }

  leave(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.#subscribers.delete(topic);
  }
}
