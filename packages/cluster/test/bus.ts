import type { Backplane, BackplaneListener } from '@sokker/cluster';

/** A broker in memory, that can be told to fail and to forget. */
export class Bus {
  readonly subscribers = new Map<string, Set<Port>>();
  readonly calls: string[] = [];
  /** What the next calls do in place of what they are for. */
  failWith: Error | undefined;
  /** Held back until it is called. */
  holdPublishing: Promise<void> | undefined;

  port(): Port {
    return new Port(this);
  }

  deliver(channel: string, message: Uint8Array): void {
    for (const port of this.subscribers.get(channel) ?? []) port.listener?.onMessage(channel, message);
  }
}

export class Port implements Backplane {
  readonly #bus: Bus;
  listener: BackplaneListener | undefined;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  open(listener: BackplaneListener): void {
    this.listener = listener;
  }

  async publish(channel: string, message: Buffer): Promise<void> {
    this.#note('publish', channel);
    await this.#bus.holdPublishing;
    this.#bus.deliver(channel, message);
  }

  async subscribe(channel: string): Promise<void> {
    this.#note('subscribe', channel);
    const subscribers = this.#bus.subscribers.get(channel) ?? new Set();
    this.#bus.subscribers.set(channel, subscribers.add(this));
    return Promise.resolve();
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#note('unsubscribe', channel);
    this.#bus.subscribers.get(channel)?.delete(this);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#note('close', '');
    for (const subscribers of this.#bus.subscribers.values()) subscribers.delete(this);
    return Promise.resolve();
  }

  #note(call: string, channel: string): void {
    this.#bus.calls.push(`${call} ${channel}`.trim());
    if (this.#bus.failWith !== undefined) throw this.#bus.failWith;
  }
}
