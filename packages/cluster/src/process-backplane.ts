import { systemClock, type Clock } from '@sokker/connection';
import { readOptions, UsageError } from '@sokker/frame';
import cluster from 'node:cluster';
import process from 'node:process';
import type { Backplane, BackplaneListener } from './backplane.js';
import { ClusterError } from './errors.js';
import { DEFAULT_PREFIX, PROCESS_OPTIONS, type ProcessOptions } from './options.js';
import { oursIn, VERSION, type Parcel, type ToPrimary, type ToWorker, type Unaddressed } from './process-messages.js';

/**
 * Between the workers of node:cluster, over the channel that each has to the primary, where `relayWorkers()` has to be
 * called. The application's own messages take the same channel and are left alone.
 * @throws UsageError `ERR_SOKKER_OPTION`; `ERR_SOKKER_ARGUMENT` in a process that is no such worker
 */
export function processBackplane(options: ProcessOptions = {}): Backplane {
  const settings = readOptions<Settings>('processBackplane', PROCESS_OPTIONS, options);
  if (cluster.isWorker) return new ProcessBackplane(settings);
  throw new UsageError('ERR_SOKKER_ARGUMENT', 'processBackplane is for workers of node:cluster alone');
}

interface Settings {
  readonly prefix?: string;
  readonly answerTimeoutMs: number;
  readonly clock?: Clock;
}

/** Someone who waits for the primary. */
interface Asked {
  readonly timer: unknown;
  resolve(): void;
  reject(error: unknown): void;
}

/** How many this worker has made. */
let ports = 0;

class ProcessBackplane implements Backplane {
  readonly #port = ++ports;
  readonly #prefix: string;
  readonly #answerTimeoutMs: number;
  readonly #clock: Clock;
  readonly #asked = new Map<number, Asked>();
  #listener: BackplaneListener | undefined;
  #lastId = 0;
  /** The primary did not answer when it was asked last: what is published goes nowhere. */
  #isUnanswered = false;

  constructor({ prefix = DEFAULT_PREFIX, answerTimeoutMs, clock = systemClock }: Settings) {
    this.#prefix = `${prefix}:`;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#clock = clock;
  }

  open(listener: BackplaneListener): void {
    this.#listener = listener;
    process.on('message', this.#onMessage).on('disconnect', this.#onDisconnect);
  }

  publish(channel: string, message: Buffer): Promise<void> {
    if (this.#isUnanswered) return Promise.reject(new ClusterError('ERR_SOKKER_RELAY'));
    const parcel = { channel: this.#prefix + channel, message: message.toString('base64') };
    return this.#send({ say: 'publish', ...parcel });
  }

  subscribe(channel: string): Promise<void> {
    return this.#ask('subscribe', channel);
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#ask('unsubscribe', channel);
  }

  async close(): Promise<void> {
    process.off('message', this.#onMessage).off('disconnect', this.#onDisconnect);
    // Where that fails, there is no primary any more.
    this.#send({ say: 'close' }).catch(() => undefined);
    for (const id of [...this.#asked.keys()]) this.#take(id)?.reject(new ClusterError('ERR_SOKKER_CLUSTER_CLOSED'));
    return Promise.resolve();
  }

  #ask(what: 'subscribe' | 'unsubscribe', channel: string): Promise<void> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.#isUnanswered = true;
        this.#take(id)?.reject(new ClusterError('ERR_SOKKER_RELAY'));
      };
      const timer = this.#clock.setTimeout(late, this.#answerTimeoutMs);
      this.#asked.set(id, { timer, resolve, reject });
      this.#send({ say: what, channel: this.#prefix + channel, id }).catch((error: unknown) =>
        this.#take(id)?.reject(error),
      );
    });
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    this.#clock.clearTimeout(asked?.timer);
    return asked;
  }

  readonly #onMessage = (given: unknown): void => {
    const news = oursIn<ToWorker>(given);
    if (news?.port !== this.#port) return;
    this.#isUnanswered = false;
    if (news.say === 'message') this.#hear(news);
    else if (news.say === 'gap') this.#listener?.onGap();
    else if (news.say === 'done') this.#take(news.id)?.resolve();
  };

  readonly #onDisconnect = (): void => {
    this.#listener?.onCut();
  };

  #hear({ channel, message }: Parcel): void {
    this.#listener?.onMessage(channel.slice(this.#prefix.length), Buffer.from(message, 'base64'));
  }

  /** Resolves when it was written. */
  #send(news: Unaddressed<ToPrimary>): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null): void => (error === null ? resolve() : reject(error));
      process.send?.({ sokkerCluster: VERSION, port: this.#port, ...news }, undefined, undefined, done);
    });
  }
}
