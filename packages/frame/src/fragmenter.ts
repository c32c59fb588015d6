import { Transform, type TransformCallback } from 'node:stream';
import type { Frame } from './frame.js';
import { fragments } from './fragmenter-core.js';
import type { Message } from './message.js';
import { FRAGMENTER_OPTIONS, readOptions } from './options.js';

export interface FragmenterOptions {
  /** Largest payload of a frame: bytes, 1 to 2⁵³−1, default 64 KiB; `Infinity`: one frame per message. */
  fragmentBytes?: number | undefined;
}

/**
 * Messages in, frames out, as a Transform; frames that are written to it (control frames, for one) pass through. It
 * stops inside a message while its reader is behind. Both sides count objects, not bytes; payloads are views of the
 * messages.
 */
export class MessageFragmenter extends Transform {
  readonly #fragmentBytes: number;
  /** The frames of the message at hand that its reader has not asked for yet. */
  #rest: { readonly frames: Iterator<Frame>; readonly callback: TransformCallback } | undefined;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: FragmenterOptions) {
    super({ objectMode: true });
    const settled = readOptions<{ fragmentBytes: number }>('MessageFragmenter', FRAGMENTER_OPTIONS, options);
    this.#fragmentBytes = settled.fragmentBytes;
  }

  override _transform(
    item: Pick<Message, 'type' | 'data'> | Frame,
    _: BufferEncoding,
    callback: TransformCallback,
  ): void {
    if ('opcode' in item) return callback(null, item);
    this.#pump(fragments(item.type, item.data, this.#fragmentBytes), callback);
  }

  override _read(size: number): void {
    const rest = this.#rest;
    if (rest === undefined) return super._read(size);
    this.#rest = undefined;
    this.#pump(rest.frames, rest.callback);
  }

  #pump(frames: Iterator<Frame>, callback: TransformCallback): void {
    for (let step = frames.next(); step.done !== true; step = frames.next()) {
      if (this.push(step.value)) continue;
      this.#rest = { frames, callback };
      return;
    }
    callback();
  }
}
