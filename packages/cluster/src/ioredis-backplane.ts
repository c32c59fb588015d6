import { readOptions } from '@sokker/frame';
import { checkMethods, checkNoCluster } from './arguments.js';
import type { Backplane, BackplaneListener } from './backplane.js';
import { BACKPLANE_OPTIONS, type BackplaneOptions } from './options.js';

/** What is used of a client of the package `ioredis`, from version 5 on. */
export interface IoredisClient {
  duplicate(options: IoredisOverrides): IoredisDuplicate;
}

/** What has to be as it is here, whatever the client has. */
export interface IoredisOverrides {
  readonly lazyConnect: false;
  readonly autoResubscribe: true;
  readonly autoResendUnfulfilledCommands: false;
}

/** One that is made of the client. */
export interface IoredisDuplicate {
  publish(channel: string, message: Buffer): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  on(event: 'messageBuffer', listener: (channel: Buffer, message: Buffer) => void): unknown;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(): void;
}

/**
 * As `redisBackplane`, for who has `ioredis`: servers with either hear each other.
 * @param client the caller's, who also closes it; two more are made of it, and closed by the cluster. Of Redis Cluster one
 *   of a single node, or by Sentinel
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function ioredisBackplane(client: IoredisClient, options: BackplaneOptions = {}): Backplane {
  const { prefix = 'sokker' } = readOptions<BackplaneOptions>('ioredisBackplane', BACKPLANE_OPTIONS, options);
  checkMethods('ioredisBackplane takes a client of the package ioredis', client, ['duplicate', 'psubscribe']);
  checkNoCluster('ioredisBackplane', client, 'isCluster');
  return new IoredisBackplane(client, `${prefix}:`);
}

class IoredisBackplane implements Backplane {
  readonly #client: IoredisClient;
  readonly #prefix: string;
  #listener: BackplaneListener | undefined;
  /** Both are there from `open` on. */
  #publisher: IoredisDuplicate | undefined;
  #subscriber: IoredisDuplicate | undefined;
  /** The subscriber, for the first time: it may be set not to keep what it is told before. */
  #connected: Promise<void> | undefined;
  #wasReady = false;

  constructor(client: IoredisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  open(listener: BackplaneListener): void {
    this.#listener = listener;
    const publisher = this.#duplicate();
    const subscriber = this.#duplicate();
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    for (const duplicate of [publisher, subscriber]) {
      duplicate.on('error', (error) => this.#listener?.onError(error));
    }
    // What was read before it was disconnected still comes.
    subscriber.on('messageBuffer', (name, message) => {
      this.#listener?.onMessage(name.toString('utf8').slice(this.#prefix.length), message);
    });
    subscriber.on('close', () => this.#onCut());
    this.#connected = new Promise((resolve) => {
      subscriber.on('ready', () => {
        resolve();
        void this.#onReady(subscriber);
      });
    });
  }

  async publish(channel: string, message: Buffer): Promise<void> {
    await this.#publisher?.publish(this.#prefix + channel, message);
  }

  async subscribe(channel: string): Promise<void> {
    await this.#connected;
    await this.#subscriber?.subscribe(this.#prefix + channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber?.unsubscribe(this.#prefix + channel);
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#publisher?.disconnect();
    this.#subscriber?.disconnect();
    return Promise.resolve();
  }

  /** By default a command whose answer was lost is sent again: what was published would come twice. */
  #duplicate(): IoredisDuplicate {
    return this.#client.duplicate({ lazyConnect: false, autoResubscribe: true, autoResendUnfulfilledCommands: false });
  }

  #onCut(): void {
    if (this.#wasReady) this.#listener?.onCut();
  }

  /** Connected, and about to subscribe to what it was before: that is done when a Ping behind it is answered. */
  async #onReady(subscriber: IoredisDuplicate): Promise<void> {
    const isBack = this.#wasReady;
    this.#wasReady = true;
    if (!isBack) return;
    const isAnswered = await subscriber.ping().then(
      () => true,
      () => false, // cut off again, and back again soon
    );
    if (isAnswered) this.#listener?.onGap();
  }
}
