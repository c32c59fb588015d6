import type { TransformCallback } from 'node:stream';
import { DecoderCore, type DecoderOptions } from './decoder-core.js';
import { OrderlyTransform } from './orderly-transform.js';

/** How many frames may wait for a slow reader; the chunk they come from waits with them. */
const WAITING_FRAMES = 16;

/**
 * Bytes in, frames out, as a Transform: `socket.pipe(new FrameDecoder({ role: 'server' }))`. It stops inside a chunk
 * while its reader is behind, so a chunk full of tiny frames never becomes a pile of objects. Its readable side counts
 * frames, not bytes: at most 16 wait, each within `maxFramePayloadBytes`. Chunks written to it belong to it, see DecoderCore.
 *
 * Emits `error` with a ProtocolError or LimitError, after the frames before it were read.
 */
export class FrameDecoder extends OrderlyTransform {
  readonly #core: DecoderCore;
  /** Set while the reader is behind: the chunk at hand is not used up. */
  #resume: TransformCallback | undefined;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: DecoderOptions) {
    super({ readableObjectMode: true, readableHighWaterMark: WAITING_FRAMES });
    this.#core = new DecoderCore(options);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#core.write(chunk);
    this.#pump(callback);
  }

  override _read(size: number): void {
    const callback = this.#resume;
    if (callback === undefined) return super._read(size);
    this.#resume = undefined;
    this.#pump(callback);
  }

  override _flush(callback: TransformCallback): void {
    try {
      this.#core.end();
    } catch (error) {
      return this.fail(error, callback);
    }
    callback();
  }

  #pump(callback: TransformCallback): void {
    try {
      for (let frame = this.#core.next(); frame !== undefined; frame = this.#core.next()) {
        if (this.push(frame)) continue;
        this.#resume = callback;
        return;
      }
    } catch (error) {
      return this.fail(error, callback);
    }
    callback();
  }
}
