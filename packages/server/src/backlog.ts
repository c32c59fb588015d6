import { ITEM_BYTES, prepare, Prepared, type Bytes } from '@sokker/connection';
import type { ServerSendOptions } from './home.js';

interface Waiting {
  readonly message: Prepared;
  readonly compress: boolean;
  readonly key: string | undefined;
}

/** What a message counts for while it waits: two bytes for each unit of its key, whatever the engine takes. */
export function waitingBytes({ message, key }: Pick<Waiting, 'message' | 'key'>): number {
  return ITEM_BYTES + message.data.length + 2 * (key?.length ?? 0);
}

/** A message that may be kept; of the options of `send` its type is all that goes into it. */
export function asPrepared(data: string | Bytes | Prepared, { type }: ServerSendOptions): Prepared {
  return data instanceof Prepared ? data : prepare(data, { type });
}

/** Messages that wait for a slow connection where they can still be dropped: oldest first, or by key for a newer one. */
export class Backlog {
  /** In order of arrival: a Map keeps it, and lets go of any in constant time. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #byKey = new Map<string, number>();
  #next = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(waiting: Waiting): void {
    const place = this.#next++;
    this.#waiting.set(place, waiting);
    this.#bytes += waitingBytes(waiting);
    if (waiting.key !== undefined) this.#byKey.set(waiting.key, place);
  }

  /** Puts a message in the place of the one that waits under its key; answers that one, or undefined: none waits. */
  replace(waiting: Waiting): Waiting | undefined {
    const place = waiting.key === undefined ? undefined : this.#byKey.get(waiting.key);
    const older = place === undefined ? undefined : this.#waiting.get(place);
    if (place === undefined || older === undefined) return undefined;
    this.#waiting.set(place, waiting);
    this.#bytes += waiting.message.data.length - older.message.data.length;
    return older;
  }

  /** Takes the oldest, but for the one to be kept. */
  take(kept?: Waiting): Waiting | undefined {
    const [first, second] = this.#waiting;
    const oldest = first?.[1] === kept ? second : first;
    if (oldest === undefined) return undefined;
    const [place, waiting] = oldest;
    this.#waiting.delete(place);
    this.#bytes -= waitingBytes(waiting);
    if (waiting.key !== undefined && this.#byKey.get(waiting.key) === place) this.#byKey.delete(waiting.key);
    return waiting;
  }
}
