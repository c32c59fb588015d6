import { Transform, type TransformCallback } from 'node:stream';
import { EncoderCore, GATHER_BYTES, type EncoderOptions } from './encoder-core.js';
import type { Frame } from './frame.js';
import { failInOrder, whenRead, type LateFailure } from './late-failure.js';

/**
 * Frames or slices in, bytes out, as a Transform: `frames.pipe(new FrameEncoder({ role: 'server' })).pipe(socket)`.
 * What is written during one turn of the event loop leaves gathered, in buffers of 64 KiB and a frame at most, unmasked
 * payloads from 8 KiB on apart and uncopied. While its reader is behind, 64 KiB and a frame gather, then writing stops;
 * 16 frames more may wait, since its writable side counts frames, not bytes.
 *
 * Payloads must not change before they are written; masking never changes them. Emits `error` with a UsageError
 * `ERR_SOKKER_ARGUMENT` for a frame that cannot be sent, after the frames before it were read.
 */
export class FrameEncoder extends Transform {
  readonly #core: EncoderCore;
  #scheduled = false;
  /** The write that waits for the reader. */
  #held: TransformCallback | undefined;
  #failure: LateFailure | undefined;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: EncoderOptions) {
    super({ writableObjectMode: true });
    this.#core = new EncoderCore(options);
  }

  // `_write` rather than `_transform`: around the latter, Node counts an input that pushes nothing at once as no
  // reason to wait for the reader, and everything here is pushed later.
  override _write(frame: Frame, _encoding: BufferEncoding, callback: TransformCallback): void {
    try {
      this.#core.add(frame);
    } catch (error) {
      this.#leave();
      this.#failure = failInOrder(this, error, callback);
      return;
    }
    if (this.#core.bytes < GATHER_BYTES) {
      this.#schedule();
    } else if (this.#behind) {
      this.#held = callback;
      return;
    } else {
      this.#leave();
    }
    callback();
  }

  override _read(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined || !this.#scheduled) this.#leave();
    held?.();
  }

  /** As `Readable` declares it: where `read` promised less than any, no `pipeline` would take the stream. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  override read(size?: number): any {
    const bytes: unknown = super.read(size);
    if (this.#failure !== undefined) this.#failure = whenRead(this, this.#failure);
    return bytes;
  }

  override [Symbol.asyncIterator](): NodeJS.AsyncIterator<Buffer> {
    return super[Symbol.asyncIterator]() as NodeJS.AsyncIterator<Buffer>;
  }

  override _flush(callback: TransformCallback): void {
    this.#leave();
    callback();
  }

  get #behind(): boolean {
    return this.readableLength >= this.readableHighWaterMark;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(() => {
      this.#scheduled = false;
      if (!this.destroyed && !this.#behind) this.#leave();
    });
  }

  #leave(): void {
    for (const bytes of this.#core.take()) this.push(bytes);
  }
}
