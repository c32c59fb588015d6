import { readOptions } from '@sokker/frame';
import { checkMethods } from './arguments.js';
import type { Backplane, BackplaneListener } from './backplane.js';
import { BACKPLANE_OPTIONS, type BackplaneOptions } from './options.js';

/** What is used of a client of the package `ioredis`, from version 5 on. */
export interface IoredisClient {
  publish(channel: string, message: Buffer): Promise<unknown>;
  duplicate(): IoredisSubscriber;
}

/** A second one, made of the first. */
export interface IoredisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  on(event: 'messageBuffer', listener: (channel: Buffer, message: Buffer) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(): void;
}

/**
 * As `redisBackplane`, for who has `ioredis`: servers with either hear each other. While Redis is away, `client` keeps what
 * is published, if `enableOfflineQueue` does not say otherwise.
 * @param client the caller's, who also closes it; a second one is made of it, and closed by the cluster
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function ioredisBackplane(client: IoredisClient, options: BackplaneOptions = {}): Backplane {
  const { prefix = 'sokker' } = readOptions<BackplaneOptions>('ioredisBackplane', BACKPLANE_OPTIONS, options);
  checkMethods('ioredisBackplane takes a client of the package ioredis', client, ['publish', 'duplicate', 'subscribe']);
  return new IoredisBackplane(client, `${prefix}:`);
}

class IoredisBackplane implements Backplane {
  readonly #client: IoredisClient;
  readonly #prefix: string;
  readonly #subscriber: IoredisSubscriber;
  /** For the first time: a client may be set not to keep what it is told before. */
  readonly #connected: Promise<void>;
  #wasReady = false;
  #closed = false;

  constructor(client: IoredisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#subscriber = client.duplicate();
    this.#connected = new Promise((resolve) => this.#subscriber.on('ready', resolve));
  }

  open(listener: BackplaneListener): void {
    this.#subscriber.on('messageBuffer', (name, message) => {
      // What was read before it was disconnected still comes.
      if (!this.#closed) listener.onMessage(name.toString('utf8').slice(this.#prefix.length), message);
    });
    this.#subscriber.on('error', (error) => {
      if (!this.#closed) listener.onError(error);
    });
    this.#subscriber.on('ready', () => void this.#onReady(listener));
  }

  async publish(channel: string, message: Buffer): Promise<void> {
    await this.#client.publish(this.#prefix + channel, message);
  }

  async subscribe(channel: string): Promise<void> {
    await this.#connected;
    await this.#subscriber.subscribe(this.#prefix + channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber.unsubscribe(this.#prefix + channel);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscriber.disconnect();
    return Promise.resolve();
  }

  /** Connected, and about to subscribe to what it was before: that is done when a Ping behind it is answered. */
  async #onReady(listener: BackplaneListener): Promise<void> {
    const isBack = this.#wasReady;
    this.#wasReady = true;
    if (!isBack) return;
    const answered = await this.#subscriber.ping().then(
      () => true,
      () => false, // cut off again, and back again soon
    );
    if (answered) listener.onGap();
  }
}
