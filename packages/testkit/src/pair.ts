import { Duplex, type DuplexOptions } from 'node:stream';
import { checkOptions, PAIR_OPTIONS } from './options.js';

/** Options of {@link pair}. */
export interface PairOptions {
  /** What each of a direction's two queues holds before it asks to wait: bytes, 1 to 2⁵³−1, default 16 KiB. */
  readonly highWaterMarkBytes?: number | undefined;
  /** Whether an end may go on writing after the other has ended, as with `net`; default `true`. */
  readonly allowHalfOpen?: boolean | undefined;
}

/**
 * Two connected streams in memory: what is written to one is read from the other, copied, never in the same call, with
 * back-pressure. `end` is seen as the end of the stream, `destroy` as a connection that is gone (an end, and EPIPE for
 * who goes on writing), `resetAndDestroy` as ECONNRESET.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function pair(options: PairOptions = {}): [PairedDuplex, PairedDuplex] {
  checkOptions('pair', PAIR_OPTIONS, options);
  const { highWaterMarkBytes = PAIR_OPTIONS.highWaterMarkBytes.default, allowHalfOpen = true } = options;
  return PairedDuplex.connect({ allowHalfOpen, highWaterMark: highWaterMarkBytes });
}

/** One end of a {@link pair}. */
export class PairedDuplex extends Duplex {
  #other: PairedDuplex = this;
  /** Acknowledges the last write of the other end, once we have room again. */
  #acknowledge: (() => void) | undefined;
  #ended = false;

  static connect(options: DuplexOptions): [PairedDuplex, PairedDuplex] {
    const ends: [PairedDuplex, PairedDuplex] = [new PairedDuplex(options), new PairedDuplex(options)];
    [ends[0].#other, ends[1].#other] = [ends[1], ends[0]];
    return ends;
  }

  /** Destroys this end; the other one sees a reset, and loses what it had not read yet. */
  resetAndDestroy(): this {
    process.nextTick(() => this.#other.destroy(connectionError('ECONNRESET', 'read')));
    return this.destroy();
  }

  override _read(): void {
    const acknowledge = this.#acknowledge;
    this.#acknowledge = undefined;
    if (acknowledge !== undefined) process.nextTick(acknowledge);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const copy = Buffer.from(chunk);
    process.nextTick(() => this.#other.#receive(copy, callback));
  }

  override _final(callback: (error?: Error | null) => void): void {
    process.nextTick(() => {
      this.#other.#receiveEnd();
      callback();
    });
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const acknowledge = this.#acknowledge;
    this.#acknowledge = undefined;
    process.nextTick(() => {
      acknowledge?.();
      this.#other.#receiveEnd();
    });
    callback(error);
  }

  #receive(chunk: Buffer, callback: (error?: Error | null) => void): void {
    if (this.destroyed) callback(connectionError('EPIPE', 'write'));
    else if (this.push(chunk)) callback();
    else this.#acknowledge = callback;
  }

  #receiveEnd(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    this.push(null);
  }
}

function connectionError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}
