import { Buffer } from 'node:buffer';
import { Transform, type TransformCallback, type TransformOptions } from 'node:stream';
import { failInOrder, whenRead, type LateFailure } from './late-failure.js';
import type { Stage } from './stage.js';

type Written = (error: Error | null | undefined) => void;

/**
 * A Transform around a stage. It differs from Node's own in three ways that a decoder needs:
 *
 * It stops inside an input. When the reader is behind, what is left of a chunk stays in the stage, and a chunk full of
 * tiny frames never becomes a pile of objects.
 *
 * It fails in order. What came before an error is read before the stream is destroyed.
 *
 * It does not burden Node with inputs of which nothing comes, such as most pieces of a frame that trickles in: what Node
 * notes of a write, and looks after in the next tick, takes as long as the stage does (packages/bench, rows "byte by byte").
 */
export class PullTransform extends Transform {
  readonly #stage: Stage<unknown, unknown>;
  /** Set while the reader is behind: the input at hand is not used up. */
  #resume: TransformCallback | undefined;
  #failure: LateFailure | undefined;
  /** Whether nothing came of the input before: mostly, nothing comes of the next either. */
  #trickles = false;
  /** Of the input that the stage has before `_write` has it: what came of it first, or what it failed with. */
  #first: unknown;
  #fault: { readonly error: unknown } | undefined;

  constructor(stage: Stage<never, unknown>, options: TransformOptions) {
    super(options);
    this.#stage = stage;
  }

  override write(input: unknown, callback?: Written): boolean;
  override write(input: unknown, encoding: BufferEncoding, callback?: Written): boolean;
  override write(input: unknown, encoding?: BufferEncoding | Written, callback?: Written): boolean {
    if (this.#trickles && encoding === undefined && callback === undefined && this.#isPlain(input)) {
      if (!this.#begin(input)) return true;
    }
    return super.write(input, encoding as BufferEncoding, callback);
  }

  // `_write` rather than `_transform`: Node's `_write` around the latter waits for a `_read` that it does not provoke
  // when the last output of an input was pushed from `_read`.
  override _write(input: unknown, _encoding: BufferEncoding, callback: TransformCallback): void {
    if (this.#first === undefined && this.#fault === undefined) this.#begin(input);
    const first = this.#first;
    this.#first = undefined;
    if (this.#fault !== undefined) this.#fail(this.#fault.error, callback);
    else this.#pump(callback, this.readableDidRead, first);
  }

  override _read(): void {
    const callback = this.#resume;
    if (callback === undefined) return;
    this.#resume = undefined;
    this.#pump(callback, false);
  }

  override _flush(callback: TransformCallback): void {
    try {
      this.#stage.end();
    } catch (error) {
      return this.#fail(error, callback);
    }
    callback();
  }

  /** As `Readable` declares it: where `read` promised less than any, no `pipeline` would take the stream. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  override read(size?: number): any {
    const item: unknown = super.read(size);
    if (this.#failure !== undefined) this.#failure = whenRead(this, this.#failure);
    return item;
  }

  /** Whether Node would hand the input to `_write` at once, and have nobody to tell of it. */
  #isPlain(input: unknown): boolean {
    if (!this.writable || this.writableLength > 0 || this.writableCorked > 0) return false;
    if (this._write !== PullTransform.prototype._write) return false;
    return this.writableObjectMode ? input !== null : Buffer.isBuffer(input);
  }

  /** Hands the stage its next input; answers whether anything comes of it. */
  #begin(input: unknown): boolean {
    try {
      this.#stage.write(input);
      this.#first = this.#stage.next();
    } catch (error) {
      this.#fault = { error };
    }
    this.#trickles = this.#first === undefined && this.#fault === undefined;
    return !this.#trickles;
  }

  /** @param direct whether outputs may pass the queue by: not where a `read` asks, nor the first, of which Node makes note */
  #pump(callback: TransformCallback, direct: boolean, first?: unknown): void {
    const stage = this.#stage;
    try {
      for (let output = first ?? stage.next(); output !== undefined; output = stage.next()) {
        if (this.#give(output, direct)) continue;
        this.#resume = callback;
        return;
      }
    } catch (error) {
      return this.#fail(error, callback);
    }
    callback();
  }

  /**
   * Hands an output on; false where the reader is behind. To one that flows and has nothing waiting `push` would emit it
   * too, and in the next tick look whether there is more, which takes as long as to decode a small frame
   * (packages/bench, rows "a frame at a time"). A stream that has failed takes nothing more, and one that nobody listens to
   * keeps what it has for who comes: both are for `push`.
   */
  #give(output: unknown, direct: boolean): boolean {
    const flows = direct && this.readableFlowing === true && this.readableLength === 0;
    if (!flows || this.errored !== null || this.destroyed) return this.push(output);
    return this.emit('data', output) || this.push(output);
  }

  #fail(error: unknown, callback: TransformCallback): void {
    this.#failure = failInOrder(this, error, callback);
  }
}
