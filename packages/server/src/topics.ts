import { SetView } from './set-view.js';

const NOBODY: ReadonlySet<never> = new SetView(new Set<never>());

/** Who is told when the first joins a topic, and when the last has left it. */
export interface TopicsListener {
  onOccupied(topic: string): void;
  onVacated(topic: string): void;
}

/** Who has joined what. Publishing to a topic costs as much as it has subscribers; leaving all, as one has joined. */
export class Topics<Subscriber> {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #listener: TopicsListener;
  /** The topics that have subscribers. */
  readonly names: ReadonlySet<string> = new SetView(this.#subscribers);

  constructor(listener: TopicsListener) {
    this.#listener = listener;
  }

  /** Who has joined a topic, as they come and go while it has any. */
  of(topic: string): ReadonlySet<Subscriber> {
    const subscribers = this.#subscribers.get(topic);
    return subscribers === undefined ? NOBODY : new SetView(subscribers);
  }

  join(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers !== undefined) return void subscribers.add(subscriber);
    this.#subscribers.set(topic, new Set([subscriber]));
    this.#listener.onOccupied(topic);
  }

  leave(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers?.delete(subscriber) !== true || subscribers.size > 0) return;
    this.#subscribers.delete(topic);
    this.#listener.onVacated(topic);
  }
}
