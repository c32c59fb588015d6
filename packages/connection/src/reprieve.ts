import type { Clock } from './clock.js';
import type { Writer } from './writer.js';

/** For so long nothing may leave: milliseconds. What a kernel holds is acknowledged in less, by peers far away too. */
const IDLE_MS = 1000;
/** TLS over HTTP/2 takes two turns to tell of what has left; who has not in so many is looked at now and then. */
const TURNS = 4;
const LOOK_MS = 20;
/** What one turn may send before it is too much, in any case: times the limit. */
const MOST_LIMITS = 16;

export interface ReprieveSettings {
  readonly clock: Clock;
  readonly maxBufferedBytes: number;
}

/**
 * Time for a duplex that tells in later turns alone of what it has taken. It lasts as long as something leaves at least once
 * in a second, as a kernel with room takes it, or until less waits than the limit.
 */
export class Reprieve {
  readonly #writer: Writer;
  readonly #settings: ReprieveSettings;
  readonly #onEnd: (isOver: boolean) => void;
  /** What may wait meanwhile: all that the turn sends in which it begins, and the limit once more. */
  #mostBytes: number;
  #turns = 0;
  #bytesWritten: number;
  #since: number;

  /** @param onEnd called once: with whether the limit is reached still, and nothing leaves */
  constructor(writer: Writer, settings: ReprieveSettings, onEnd: (isOver: boolean) => void) {
    this.#writer = writer;
    this.#settings = settings;
    this.#onEnd = onEnd;
    this.#mostBytes = MOST_LIMITS * settings.maxBufferedBytes;
    this.#bytesWritten = writer.bytesWritten;
    this.#since = settings.clock.now();
    setImmediate(this.#look);
  }

  covers(bufferedBytes: number): boolean {
    return bufferedBytes < this.#mostBytes;
  }

  readonly #look = (): void => {
    const { bufferedBytes, bytesWritten } = this.#writer;
    const { clock, maxBufferedBytes } = this.#settings;
    if (this.#turns++ === 0) this.#mostBytes = Math.min(this.#mostBytes, bufferedBytes + maxBufferedBytes);
    // More is written only where what was written before has left.
    if (bytesWritten > this.#bytesWritten) this.#since = clock.now();
    this.#bytesWritten = bytesWritten;
    if (bufferedBytes < maxBufferedBytes) this.#onEnd(false);
    else if (clock.now() - this.#since >= IDLE_MS) this.#onEnd(true);
    else if (this.#turns < TURNS) setImmediate(this.#look);
    else clock.setTimeout(this.#look, LOOK_MS);
  };
}
