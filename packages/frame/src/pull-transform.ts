import { Transform, type TransformCallback, type TransformOptions } from 'node:stream';

/**
 * A Transform around a pull-style core. It differs from Node's own in two ways that a decoder needs:
 *
 * It stops inside an input. When the reader is behind, what is left of a chunk stays in the core, and a chunk full of
 * tiny frames never becomes a pile of objects.
 *
 * It fails in order. What came before an error is read before the stream is destroyed; Node's Transform would drop it,
 * and with it frames that arrived intact.
 */
export abstract class PullTransform extends Transform {
  /** Set while the reader is behind: the input at hand is not used up. */
  #resume: TransformCallback | undefined;
  #failure: { readonly error: Error; readonly callback: TransformCallback } | undefined;

  constructor(options: TransformOptions) {
    super(options);
  }

  /** Takes the next input; `next` has answered undefined before. */
  protected abstract accept(input: unknown): void;
  /** The next output; undefined when the input is used up. */
  protected abstract next(): unknown;
  /** The input has ended; throws where it may not end. */
  protected abstract finish(): void;

  // `_write` rather than `_transform`: Node's `_write` around the latter waits for a `_read` that it does not provoke
  // when the last output of an input was pushed from `_read`.
  override _write(input: unknown, _encoding: BufferEncoding, callback: TransformCallback): void {
    try {
      this.accept(input);
    } catch (error) {
      return this.#fail(error, callback);
    }
    this.#pump(callback);
  }

  override _read(): void {
    const callback = this.#resume;
    if (callback === undefined) return;
    this.#resume = undefined;
    this.#pump(callback);
  }

  override _flush(callback: TransformCallback): void {
    try {
      this.finish();
    } catch (error) {
      return this.#fail(error, callback);
    }
    callback();
  }

  override read(size?: number): unknown {
    const item: unknown = super.read(size);
    const failure = this.#failure;
    if (failure !== undefined && this.readableLength === 0) {
      this.#failure = undefined;
      // After the reader has had the item that this call returns.
      process.nextTick(failure.callback, failure.error);
    }
    return item;
  }

  #pump(callback: TransformCallback): void {
    try {
      for (let output = this.next(); output !== undefined; output = this.next()) {
        if (this.push(output)) continue;
        this.#resume = callback;
        return;
      }
    } catch (error) {
      return this.#fail(error, callback);
    }
    callback();
  }

  #fail(error: unknown, callback: TransformCallback): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    if (this.readableLength === 0) callback(reason);
    else this.#failure = { error: reason, callback };
  }
}
