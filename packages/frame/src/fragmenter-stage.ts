import type { Frame } from './frame.js';
import { fragments } from './fragmenter-core.js';
import type { Message } from './message.js';
import { FRAGMENTER_OPTIONS, readOptions } from './options.js';
import type { Stage } from './stage.js';

export interface FragmenterOptions {
  /** Largest payload of a frame: bytes, 1 to 2⁵³−1, default 64 KiB; `Infinity`: one frame per message. */
  fragmentBytes?: number | undefined;
}

/** What can be sent as frames: a message, or a frame that passes through. */
export type Fragmentable = Pick<Message, 'type' | 'data'> | Frame;

/** Messages in, frames out; frames pass through. */
export class FragmenterStage implements Stage<Fragmentable, Frame> {
  readonly #fragmentBytes: number;
  /** The frames of the message at hand that nobody has asked for yet. */
  #frames: Iterator<Frame> = [].values();

  constructor(options?: FragmenterOptions) {
    const settled = readOptions<{ fragmentBytes: number }>('MessageFragmenter', FRAGMENTER_OPTIONS, options);
    this.#fragmentBytes = settled.fragmentBytes;
  }

  write(item: Fragmentable): void {
    this.#frames = 'opcode' in item ? [item].values() : fragments(item.type, item.data, this.#fragmentBytes);
  }

  next(): Frame | undefined {
    const step = this.#frames.next();
    return step.done === true ? undefined : step.value;
  }

  end(): void {
    // Nothing can be cut off: a message is whole when it is written.
  }
}
