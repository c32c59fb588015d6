import { Transform, type TransformCallback } from 'node:stream';
import { EncoderCore, GATHER_BYTES, type EncoderOptions } from './encoder-core.js';
import type { Frame } from './frame.js';

/**
 * Frames or slices in, bytes out, as a Transform: `frames.pipe(new FrameEncoder({ role: 'server' })).pipe(socket)`.
 * What is written during one turn of the event loop leaves as one buffer. Payloads must not change before they are
 * written; masking never changes them. Its writable side counts frames, not bytes: at most 16, plus 64 KiB gathered.
 */
export class FrameEncoder extends Transform {
  readonly #core: EncoderCore;
  #scheduled = false;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: EncoderOptions) {
    super({ writableObjectMode: true });
    this.#core = new EncoderCore(options);
  }

  override _transform(frame: Frame, _encoding: BufferEncoding, callback: TransformCallback): void {
    try {
      this.#core.add(frame);
    } catch (error) {
      return callback(error as Error);
    }
    if (this.#core.bytes >= GATHER_BYTES) this.#leave();
    else this.#schedule();
    callback();
  }

  override _flush(callback: TransformCallback): void {
    this.#leave();
    callback();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(() => {
      this.#scheduled = false;
      if (!this.destroyed) this.#leave();
    });
  }

  #leave(): void {
    for (const bytes of this.#core.take()) this.push(bytes);
  }
}
