import { asError } from '@sokker/connection';
import { checkMethods, checkNoCluster } from './arguments.js';
import type { Backplane, BackplaneListener } from './backplane.js';
import { prefixOf, type BackplaneOptions } from './options.js';

/** What is used of a client of the package `redis`, from version 5 on. */
export interface RedisClient {
  publish(channel: string, message: Buffer): Promise<unknown>;
  duplicate(): RedisSubscriber;
}

/** A second one, made of the first: in RESP2 one that has subscribed can do nothing else. */
export interface RedisSubscriber {
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: Buffer, channel: Buffer) => void, asBuffers: true): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: 'ready' | 'reconnecting' | 'end' | 'terminated', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): void;
}

/**
 * Over the Pub/Sub of Redis, Valkey and their like. Channels are called `sokker:all`, `sokker:servers` and `sokker:topic/`
 * with the topic behind it.
 * @param client connected by the caller, who also closes it; a second one is made of it, and closed by the cluster. Of
 *   Redis Cluster one of a single node, or by Sentinel: what is published at one comes to all
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function redisBackplane(client: RedisClient, options: BackplaneOptions = {}): Backplane {
  const prefix = prefixOf('redisBackplane', options);
  checkMethods('redisBackplane takes a client of the package redis', client, ['publish', 'duplicate', 'destroy']);
  checkNoCluster('redisBackplane', client, 'getSlotRandomNode');
  return new RedisBackplane(client, `${prefix}:`);
}

class RedisBackplane implements Backplane {
  readonly #client: RedisClient;
  readonly #prefix: string;
  #subscriber: RedisSubscriber | undefined;
  #listener: BackplaneListener | undefined;
  /** Of the subscriber: one that has given up is asked to connect again. */
  #connecting: Promise<unknown> | undefined;
  #wasReady = false;

  constructor(client: RedisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  open(listener: BackplaneListener): void {
    const subscriber = this.#client.duplicate();
    this.#subscriber = subscriber;
    this.#listener = listener;
    subscriber.on('error', (error) => this.#listener?.onError(error));
    subscriber.on('ready', () => this.#onReady());
    subscriber.on('reconnecting', () => this.#onCut());
    for (const event of ['end', 'terminated'] as const) subscriber.on(event, () => this.#onEnd());
    this.#connected(subscriber).catch((error: unknown) => this.#listener?.onError(asError(error)));
  }

  async publish(channel: string, message: Buffer): Promise<void> {
    await this.#client.publish(this.#prefix + channel, message);
  }

  async subscribe(channel: string): Promise<void> {
    const subscriber = this.#subscriber;
    if (subscriber === undefined) return;
    await this.#connected(subscriber);
    await subscriber.subscribe(this.#prefix + channel, this.#onMessage, true);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber?.unsubscribe(this.#prefix + channel);
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#subscriber?.destroy();
    return Promise.resolve();
  }

  /** For the first time: a client may be set not to keep what it is told before. */
  #connected(subscriber: RedisSubscriber): Promise<unknown> {
    this.#connecting ??= subscriber.connect().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }

  /** Connected, and subscribed to what it was before. */
  #onReady(): void {
    if (this.#wasReady) this.#listener?.onGap();
    this.#wasReady = true;
  }

  /** It has given up. */
  #onEnd(): void {
    this.#connecting = undefined;
    this.#onCut();
  }

  #onCut(): void {
    if (this.#wasReady) this.#listener?.onCut();
  }

  /** One for all: whoever subscribes twice with the same hears a message once. */
  readonly #onMessage = (message: Buffer, name: Buffer): void => {
    this.#listener?.onMessage(name.toString('utf8').slice(this.#prefix.length), message);
  };
}
