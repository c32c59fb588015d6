import { Duplex } from 'node:stream';
import { checkOptions, FAULTY_DUPLEX_OPTIONS } from './options.js';
import { random } from './random.js';

/** What a {@link FaultyDuplex} does to the stream that it wraps. */
export interface FaultyDuplexOptions {
  /** Seed of the random sizes, integer 0…2³²−1, default 1. */
  readonly seed?: number | undefined;
  /** Longest piece that is passed on in either direction, bytes, default `Infinity`; sizes are random up to it. */
  readonly maxPieceBytes?: number | undefined;
  /**
   * Called with what would happen now; calls it later, or never. Default: at once. With a clock of your own
   * (`(step) => clock.setTimeout(step, 5)`) delays cost no time.
   */
  readonly delay?: ((step: () => void) => void) | undefined;
  /** The call that fails, counted from 1 for each kind. */
  readonly fail?: { readonly on: 'read' | 'write' | 'end'; readonly call: number; readonly error?: Error } | undefined;
}

/**
 * A stream around another that does what networks do: it passes on short pieces, late, and breaks at a chosen call. A
 * failure destroys both streams with the error.
 */
export class FaultyDuplex extends Duplex {
  readonly #inner: Duplex;
  readonly #faults: FaultyDuplexOptions;
  readonly #random: () => number;
  readonly #calls = { read: 0, write: 0, end: 0 };
  /** What is to be passed up, in order: however long each of them takes, none overtakes another. */
  readonly #upward: { readonly pass: () => void; isDue: boolean }[] = [];

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(inner: Duplex, faults: FaultyDuplexOptions = {}) {
    super({ allowHalfOpen: true });
    checkOptions('FaultyDuplex', FAULTY_DUPLEX_OPTIONS, faults);
    this.#inner = inner;
    this.#faults = faults;
    this.#random = random(faults.seed ?? 1);
    inner.pause();
    inner.on('data', (chunk: Buffer) => this.#passUp(chunk));
    inner.once('end', () => this.#later(() => this.push(null)));
    inner.once('error', (error) => this.destroy(error));
    inner.once('close', () => {
      if (!inner.readableEnded || !inner.writableFinished) this.#later(() => this.destroy());
    });
  }

  override _read(): void {
    this.#inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const pieces = this.#cut(chunk);
    const next = (): void => {
      const piece = pieces.shift();
      if (piece === undefined) return callback();
      const error = this.#failure('write');
      if (error !== undefined) return this.#break(error, callback);
      this.#delay(() => this.#inner.write(piece, (failed) => (failed ? callback(failed) : next())));
    };
    next();
  }

  override _final(callback: (error?: Error | null) => void): void {
    const error = this.#failure('end');
    if (error !== undefined) return this.#break(error, callback);
    this.#delay(() => this.#inner.end(() => callback()));
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#inner.destroy(error ?? undefined);
    callback(error);
  }

  #passUp(chunk: Buffer): void {
    for (const piece of this.#cut(chunk)) {
      const error = this.#failure('read');
      if (error !== undefined) return void this.destroy(error);
      this.#later(() => {
        if (!this.destroyed && !this.push(piece)) this.#inner.pause();
      });
    }
  }

  #cut(chunk: Buffer): Buffer[] {
    const { maxPieceBytes = Infinity } = this.#faults;
    const pieces: Buffer[] = [];
    for (let from = 0; from < chunk.length;) {
      const most = Math.min(maxPieceBytes, chunk.length - from);
      const size = maxPieceBytes === Infinity ? most : 1 + Math.floor(this.#random() * most);
      pieces.push(chunk.subarray(from, from + size));
      from += size;
    }
    return pieces;
  }

  /** Passes something up, behind what is on its way. */
  #later(pass: () => void): void {
    const step = { pass, isDue: false };
    this.#upward.push(step);
    this.#delay(() => {
      step.isDue = true;
      while (this.#upward[0]?.isDue === true) this.#upward.shift()?.pass();
    });
  }

  #delay(step: () => void): void {
    const { delay } = this.#faults;
    if (delay === undefined) step();
    else delay(step);
  }

  #failure(kind: 'read' | 'write' | 'end'): Error | undefined {
    const { fail } = this.#faults;
    this.#calls[kind]++;
    if (fail?.on !== kind || fail.call !== this.#calls[kind]) return undefined;
    return fail.error ?? Object.assign(new Error(`${kind} failed at call ${fail.call}`), { code: 'EIO' });
  }

  #break(error: Error, callback: (error: Error) => void): void {
    this.destroy(error);
    callback(error);
  }
}
