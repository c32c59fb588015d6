import { BroadcastChannel } from 'node:worker_threads';
import type { Backplane, BackplaneListener } from './backplane.js';
import { ClusterError } from './errors.js';
import { prefixOf, type BackplaneOptions } from './options.js';

/** A message on its way; a structured clone arrives. */
interface Parcel {
  readonly channel: string;
  readonly message: Uint8Array;
}

/**
 * Between servers of one process: those of its worker threads, each with a port of its own, and those of one thread.
 * Every message goes to all threads, and who has not subscribed drops it; what waits for a thread that is busy has no
 * bound. It keeps no process alive.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function threadBackplane(options: BackplaneOptions = {}): Backplane {
  const prefix = prefixOf('threadBackplane', options);
  return new ThreadBackplane(`${prefix}:cluster`);
}

class ThreadBackplane implements Backplane {
  readonly #threads: BroadcastChannel;
  readonly #subscribed = new Set<string>();
  #closed = false;

  constructor(name: string) {
    this.#threads = new BroadcastChannel(name);
    this.#threads.unref();
  }

  open(listener: BackplaneListener): void {
    this.#threads.onmessage = (event): void => {
      const { data } = event as { readonly data: unknown };
      if (isParcel(data) && this.#subscribed.has(data.channel)) listener.onMessage(data.channel, data.message);
    };
  }

  async publish(channel: string, message: Buffer): Promise<void> {
    if (this.#closed) throw new ClusterError('ERR_SOKKER_CLUSTER_CLOSED');
    this.#threads.postMessage({ channel, message } satisfies Parcel);
    return Promise.resolve();
  }

  async subscribe(channel: string): Promise<void> {
    this.#subscribed.add(channel);
    return Promise.resolve();
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#subscribed.delete(channel);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#threads.close();
    return Promise.resolve();
  }
}

/** Anyone in the process may speak there. */
function isParcel(data: unknown): data is Parcel {
  const { channel, message } = (data ?? {}) as Partial<Parcel>;
  return typeof channel === 'string' && message instanceof Uint8Array;
}
