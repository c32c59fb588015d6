import { readOptions } from '@sokker/frame';
import { checkMethods } from './arguments.js';
import type { Backplane, BackplaneListener } from './backplane.js';
import { BACKPLANE_OPTIONS, type BackplaneOptions } from './options.js';

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
  on(event: 'ready', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): void;
}

/**
 * Over the Pub/Sub of Redis, Valkey and their like. Channels are called `sokker:all` and `sokker:topic/` with the topic
 * behind it. While Redis is away, `client` keeps what is published, if `disableOfflineQueue` does not say otherwise.
 * @param client connected by the caller, who also closes it; a second one is made of it, and closed by the cluster
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function redisBackplane(client: RedisClient, options: BackplaneOptions = {}): Backplane {
  const { prefix = 'sokker' } = readOptions<BackplaneOptions>('redisBackplane', BACKPLANE_OPTIONS, options);
  checkMethods('redisBackplane takes a client of the package redis', client, ['publish', 'duplicate', 'connect']);
  return new RedisBackplane(client, `${prefix}:`);
}

class RedisBackplane implements Backplane {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #subscriber: RedisSubscriber;
  #listener: BackplaneListener | undefined;
  /** For the first time: a client may be set not to keep what it is told before. */
  #connected: Promise<unknown> | undefined;
  #wasReady = false;
  #closed = false;

  constructor(client: RedisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#subscriber = client.duplicate();
  }

  open(listener: BackplaneListener): void {
    this.#listener = listener;
    const onError = (error: Error): void => {
      if (!this.#closed) listener.onError(error);
    };
    this.#subscriber.on('error', onError);
    this.#subscriber.on('ready', () => this.#onReady(listener));
    this.#connected = this.#subscriber.connect();
    this.#connected.catch(onError);
  }

  async publish(channel: string, message: Buffer): Promise<void> {
    await this.#client.publish(this.#prefix + channel, message);
  }

  async subscribe(channel: string): Promise<void> {
    const onMessage = (message: Buffer): void => this.#listener?.onMessage(channel, message);
    await this.#connected;
    await this.#subscriber.subscribe(this.#prefix + channel, onMessage, true);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber.unsubscribe(this.#prefix + channel);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscriber.destroy();
    return Promise.resolve();
  }

  /** Connected, and subscribed to what it was before. */
  #onReady(listener: BackplaneListener): void {
    if (this.#wasReady) listener.onGap();
    this.#wasReady = true;
  }
}
