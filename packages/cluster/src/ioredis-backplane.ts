import { asError } from '@sokker/connection';
import { checkMethods, checkNoCluster } from './arguments.js';
import type { Backplane, BackplaneListener } from './backplane.js';
import { prefixOf, type BackplaneOptions } from './options.js';

/** What is used of a client of the package `ioredis`, from version 5 on. */
export interface IoredisClient {
  duplicate(options: IoredisOverrides): IoredisDuplicate;
}

/** What has to be as it is here, whatever the client has. */
export interface IoredisOverrides {
  readonly lazyConnect: false;
  readonly autoResubscribe: false;
  readonly autoResendUnfulfilledCommands: false;
}

/** One that is made of the client. */
export interface IoredisDuplicate {
  publish(channel: string, message: Buffer): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: 'messageBuffer', listener: (channel: Buffer, message: Buffer) => void): unknown;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(reconnect?: boolean): void;
}

/**
 * As `redisBackplane`, for who has `ioredis`: servers with either hear each other.
 * @param client the caller's, who also closes it; two more are made of it, and closed by the cluster. Of Redis Cluster one
 *   of a single node, or by Sentinel
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function ioredisBackplane(client: IoredisClient, options: BackplaneOptions = {}): Backplane {
  const prefix = prefixOf('ioredisBackplane', options);
  checkMethods('ioredisBackplane takes a client of the package ioredis', client, ['duplicate', 'psubscribe']);
  checkNoCluster('ioredisBackplane', client, 'isCluster');
  return new IoredisBackplane(client, `${prefix}:`);
}

class IoredisBackplane implements Backplane {
  readonly #client: IoredisClient;
  readonly #prefix: string;
  #listener: BackplaneListener | undefined;
  /** Both are there from `open` on. */
  #publisher: Line | undefined;
  #subscriber: Line | undefined;
  /** The subscriber, for the first time: it may be set not to keep what it is told before. */
  #connected: Promise<void> | undefined;
  readonly #channels = new Set<string>();
  #wasReady = false;

  constructor(client: IoredisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  open(listener: BackplaneListener): void {
    this.#listener = listener;
    this.#publisher = this.#line();
    const subscriber = this.#line();
    this.#subscriber = subscriber;
    const { duplicate } = subscriber;
    // What was read before it was disconnected still comes.
    duplicate.on('messageBuffer', (name, message) => {
      this.#listener?.onMessage(name.toString('utf8').slice(this.#prefix.length), message);
    });
    duplicate.on('close', () => {
      if (this.#wasReady) this.#listener?.onCut();
    });
    this.#connected = new Promise((resolve) => {
      duplicate.on('ready', () => {
        resolve();
        void this.#onReady(subscriber);
      });
    });
  }

  async publish(channel: string, message: Buffer): Promise<void> {
    await this.#publisher?.ask((duplicate) => duplicate.publish(this.#prefix + channel, message));
  }

  async subscribe(channel: string): Promise<void> {
    await this.#connected;
    await this.#subscriber?.ask((duplicate) => duplicate.subscribe(this.#prefix + channel));
    this.#channels.add(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber?.ask((duplicate) => duplicate.unsubscribe(this.#prefix + channel));
    this.#channels.delete(channel);
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#publisher?.duplicate.disconnect();
    this.#subscriber?.duplicate.disconnect();
    return Promise.resolve();
  }

  /**
   * By default a command whose answer was lost is sent again: what was published would come twice. And what it subscribes
   * to again is lost where it is cut off meanwhile, or the rejection is nobody's where it may not.
   */
  #line(): Line {
    const without = { lazyConnect: false, autoResubscribe: false, autoResendUnfulfilledCommands: false } as const;
    const line = new Line(this.#client.duplicate(without));
    line.duplicate.on('error', (error) => this.#listener?.onError(error));
    return line;
  }

  /** Connected: it subscribes to what it was before, and where that fails begins anew. */
  async #onReady(subscriber: Line): Promise<void> {
    const isBack = this.#wasReady;
    this.#wasReady = true;
    if (!isBack) return;
    const names = [...this.#channels].map((channel) => this.#prefix + channel);
    try {
      if (names.length > 0) await subscriber.ask((duplicate) => duplicate.subscribe(...names));
      this.#listener?.onGap();
    } catch (error) {
      // Cut off again: it is back again soon.
      if (error instanceof LineCut || this.#listener === undefined) return;
      this.#listener.onError(asError(error));
      subscriber.duplicate.disconnect(true);
    }
  }
}

/** It was cut off before it had an answer. */
class LineCut extends Error {
  override readonly name = 'LineCut';
}

/** A client, which leaves what was not answered when it was cut off unsettled for good. */
class Line {
  readonly duplicate: IoredisDuplicate;
  readonly #asked = new Set<(error: LineCut) => void>();

  constructor(duplicate: IoredisDuplicate) {
    this.duplicate = duplicate;
    duplicate.on('close', () => {
      for (const reject of this.#asked) reject(new LineCut('Redis was cut off before it answered'));
    });
  }

  /** Rejects where it is cut off meanwhile. */
  async ask(command: (duplicate: IoredisDuplicate) => Promise<unknown>): Promise<void> {
    let lose: (error: LineCut) => void = () => undefined;
    const cut = new Promise<never>((_, reject) => (lose = reject));
    this.#asked.add(lose);
    try {
      await Promise.race([command(this.duplicate), cut]);
    } finally {
      this.#asked.delete(lose);
    }
  }
}
