import type { Frame } from './frame.js';
import { fragments } from './fragmenter-core.js';
import type { Message } from './message.js';
import { FRAGMENTER_OPTIONS, readOptions } from './options.js';
import { PullTransform } from './pull-transform.js';

export interface FragmenterOptions {
  /** Largest payload of a frame: bytes, 1 to 2⁵³−1, default 64 KiB; `Infinity`: one frame per message. */
  fragmentBytes?: number | undefined;
}

/**
 * Messages in, frames out, as a Transform; frames that are written to it (control frames, for one) pass through. It
 * stops inside a message while its reader is behind. Both sides count objects, not bytes; payloads are views of the
 * messages.
 */
export class MessageFragmenter extends PullTransform {
  readonly #fragmentBytes: number;
  /** The frames of the message at hand that its reader has not asked for yet. */
  #frames: Iterator<Frame> = [][Symbol.iterator]();

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: FragmenterOptions) {
    super({ objectMode: true });
    const settled = readOptions<{ fragmentBytes: number }>('MessageFragmenter', FRAGMENTER_OPTIONS, options);
    this.#fragmentBytes = settled.fragmentBytes;
  }

  protected override accept(item: Pick<Message, 'type' | 'data'> | Frame): void {
    const frames = 'opcode' in item ? [item] : fragments(item.type, item.data, this.#fragmentBytes);
    this.#frames = frames[Symbol.iterator]();
  }

  protected override next(): Frame | undefined {
    const step = this.#frames.next();
    return step.done === true ? undefined : step.value;
  }

  protected override finish(): void {
    // Nothing can be cut off: a message is whole when it is written.
  }
}
