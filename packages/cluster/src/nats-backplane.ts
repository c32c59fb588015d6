import { checkMethods } from './arguments.js';
import type { Backplane, BackplaneListener } from './backplane.js';
import { prefixOf, type BackplaneOptions } from './options.js';

/** What is used of a connection of `@nats-io/transport-node`, or of the package `nats` before it. */
export interface NatsConnection {
  publish(subject: string, payload: Uint8Array): void;
  subscribe(subject: string, options: { callback: NatsCallback }): NatsSubscription;
  flush(): Promise<void>;
  status(): NatsStatuses;
}
/** It goes on until the connection ends, or until it is stopped. */
export type NatsStatuses = AsyncIterable<NatsStatus> & { stop?(): void };
export interface NatsSubscription {
  unsubscribe(): void;
}
export type NatsCallback = (error: Error | null, message: { readonly data: Uint8Array }) => void;
export interface NatsStatus {
  readonly type: string;
  readonly error?: Error;
  readonly data?: unknown;
}

/**
 * Over NATS. Subjects are called `sokker.all`, `sokker.servers` and `sokker.topic%2F` with the topic behind it, where
 * whatever is no letter or digit of ASCII, `-` or `_` is written as its UTF-8: for each byte a percent sign and two
 * hexadecimal digits, upper case.
 * @param connection opened by the caller, who also closes it
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function natsBackplane(connection: NatsConnection, options: BackplaneOptions = {}): Backplane {
  const prefix = prefixOf('natsBackplane', options);
  const methods = ['publish', 'subscribe', 'flush', 'status'];
  checkMethods('natsBackplane takes a connection of @nats-io/transport-node', connection, methods);
  return new NatsBackplane(connection, `${prefix}.`);
}

class NatsBackplane implements Backplane {
  readonly #connection: NatsConnection;
  readonly #prefix: string;
  #statuses: NatsStatuses | undefined;
  readonly #subscriptions = new Map<string, NatsSubscription>();
  #listener: BackplaneListener | undefined;
  #flush: Promise<void> | undefined;

  constructor(connection: NatsConnection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  open(listener: BackplaneListener): void {
    this.#listener = listener;
    this.#statuses = this.#connection.status();
    void this.#watch(this.#statuses, listener);
  }

  async publish(channel: string, message: Buffer): Promise<void> {
    this.#connection.publish(this.#subjectOf(channel), message);
    await this.#flushed();
  }

  async subscribe(channel: string): Promise<void> {
    let refusal: Error | undefined;
    let isPending = true;
    const callback: NatsCallback = (error, message) => {
      if (error === null) return this.#listener?.onMessage(channel, message.data);
      // Not allowed: the subscription is over.
      refusal = error;
      this.#subscriptions.delete(channel);
      if (!isPending) this.#listener?.onLost(channel);
    };
    if (!this.#subscriptions.has(channel)) {
      this.#subscriptions.set(channel, this.#connection.subscribe(this.#subjectOf(channel), { callback }));
    }
    await this.#flushed();
    isPending = false;
    if (refusal !== undefined) throw refusal;
  }

  unsubscribe(channel: string): Promise<void> {
    this.#subscriptions.get(channel)?.unsubscribe();
    this.#subscriptions.delete(channel);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    for (const channel of [...this.#subscriptions.keys()]) await this.unsubscribe(channel);
    this.#statuses?.stop?.();
  }

  /** A round trip answers for all that was said before it: one serves whatever is published in this turn. */
  #flushed(): Promise<void> {
    this.#flush ??= Promise.resolve().then(() => {
      this.#flush = undefined;
      return this.#connection.flush();
    });
    return this.#flush;
  }

  async #watch(statuses: NatsStatuses, listener: BackplaneListener): Promise<void> {
    for await (const { type, error, data } of statuses) {
      if (this.#listener === undefined) return;
      if (type === 'reconnect') void this.#onReconnect(listener);
      else if (type === 'disconnect' || type === 'close') listener.onCut();
      else if (type === 'error') listener.onError(error ?? new Error(String(data)));
    }
  }

  /** It has subscribed again to what it was before; that is in effect when a round trip behind it is over. */
  async #onReconnect(listener: BackplaneListener): Promise<void> {
    const isBack = await this.#connection.flush().then(
      () => true,
      () => false, // cut off again, and back again soon
    );
    if (isBack && this.#listener !== undefined) listener.onGap();
  }

  #subjectOf(channel: string): string {
    const escaped = encodeURIComponent(channel).replace(/[.!~*'()]/g, percentOf);
    return this.#prefix + escaped;
  }
}

function percentOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
