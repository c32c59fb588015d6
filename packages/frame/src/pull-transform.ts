import { Buffer } from 'node:buffer';
import { Transform, type TransformCallback, type TransformOptions } from 'node:stream';
import { failInOrder, whenRead, type LateFailure } from './late-failure.js';
import type { Stage } from './stage.js';

/** As Writable's: it is called without an error, too. */
type Written = (error?: Error | null) => void;

/**
 * A Transform around a stage. It differs from Node's own in three ways that a decoder needs:
 *
 * It stops inside an input. When the reader is behind, what is left of a chunk stays in the stage, and a chunk full of
 * tiny frames never becomes a pile of objects.
 *
 * It fails in order. What came before an error is read before the stream is destroyed.
 *
 * It hands small inputs straight on. What Node notes of a write, and looks after in the next tick, takes as long as to
 * decode a small frame (packages/bench, rows "a frame at a time" and "byte by byte"), and there is nothing to note of one
 * that is used up when `write` returns. Where it is not, or a listener writes or ends meanwhile, Node is told of it after all.
 */
export class PullTransform extends Transform {
  readonly #stage: Stage<unknown, unknown>;
  /** Set while the reader is behind: the input at hand is not used up. */
  #resume: TransformCallback | undefined;
  #failure: LateFailure | undefined;
  /** The input that `write` is handing on while Node does not know of it. */
  #unnoted: unknown;
  /** Node's callback, where it was told before the input was through. */
  #noted: TransformCallback | undefined;
  #fault: { readonly error: unknown } | undefined;

  constructor(stage: Stage<never, unknown>, options: TransformOptions) {
    super(options);
    this.#stage = stage;
  }

  override write(input: unknown, encoding?: BufferEncoding | Written, callback?: Written): boolean {
    if (this.#unnoted !== undefined) this.#note();
    else if (encoding === undefined && callback === undefined && this.#isPlain(input)) return this.#handOn(input);
    return super.write(input, encoding as BufferEncoding, callback);
  }

  override end(input?: unknown, encoding?: BufferEncoding | (() => void), callback?: () => void): this {
    if (this.#unnoted !== undefined) this.#note();
    return super.end(input, encoding as BufferEncoding, callback);
  }

  // `_write` rather than `_transform`: Node's `_write` around the latter waits for a `_read` that it does not provoke
  // when the last output of an input was pushed from `_read`.
  override _write(input: unknown, _encoding: BufferEncoding, callback: TransformCallback): void {
    if (this.#unnoted !== undefined) {
      this.#unnoted = undefined;
      if (this.#fault === undefined) this.#noted = callback;
      else this.#fail(this.#fault.error, callback);
      return;
    }
    try {
      this.#stage.write(input);
    } catch (error) {
      return this.#fail(error, callback);
    }
    this.#pump(callback, this.readableDidRead);
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

  /** Whether Node would hand the input to `_write` at once, to a reader that takes what comes of it at once. */
  #isPlain(input: unknown): boolean {
    if (this.writableLength > 0 || this.writableCorked > 0 || this.writableEnded || this.errored !== null) return false;
    if (this.readableFlowing !== true || this.readableLength > 0 || !this.readableDidRead || this.destroyed)
      return false;
    if (this.#resume !== undefined || this.#failure !== undefined) return false;
    if (this.writableObjectMode) return input !== undefined && input !== null && this.writableHighWaterMark > 1;
    return Buffer.isBuffer(input) && input.length > 0 && input.length < this.writableHighWaterMark;
  }

  #handOn(input: unknown): boolean {
    this.#unnoted = input;
    let left = true;
    try {
      this.#stage.write(input);
      left = !this.#drain(true);
    } catch (error) {
      this.#fault = { error };
    }
    if (left && this.#unnoted !== undefined && !this.destroyed) this.#note();
    this.#unnoted = undefined;
    if (this.#noted !== undefined) this.#settle(this.#noted, left);
    const fails = this.errored !== null || (this.#fault !== undefined && this.#failure === undefined);
    return !fails && !this.destroyed;
  }

  /** Goes on with an input that Node was told of meanwhile. */
  #settle(callback: TransformCallback, left: boolean): void {
    this.#noted = undefined;
    // Node calls back in order, in later ticks: at once it would be before what was written long ago.
    if (this.#fault !== undefined) this.#fail(this.#fault.error, (error) => process.nextTick(callback, error));
    else if (left) this.#resume = callback;
    else if (this.destroyed) process.nextTick(callback);
    else callback();
  }

  /** Tells Node of the input at hand: it calls `_write`. Of an input under way no cork holds anything back. */
  #note(): void {
    const corks = this.writableCorked;
    for (let i = 0; i < corks; i++) this.uncork();
    super.write(this.#unnoted);
    for (let i = 0; i < corks; i++) this.cork();
  }

  /** @param direct whether outputs may pass the queue by: not where a `read` asks, nor the first, of which Node makes note */
  #pump(callback: TransformCallback, direct: boolean): void {
    try {
      if (!this.#drain(direct)) {
        this.#resume = callback;
        return;
      }
    } catch (error) {
      return this.#fail(error, callback);
    }
    callback();
  }

  /** Hands on what comes of the input at hand; false where the reader is behind, and something may be left. */
  #drain(direct: boolean): boolean {
    const stage = this.#stage;
    for (let output = stage.next(); output !== undefined; output = stage.next()) {
      if (!this.#give(output, direct)) return false;
    }
    return true;
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
