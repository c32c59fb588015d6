import { UsageError } from './errors.js';
import type { Frame } from './frame.js';
import { fragments } from './fragmenter-core.js';
import type { Message } from './message.js';
import { FRAGMENTER_OPTIONS, readOptions } from './options.js';
import { shown } from './shown.js';
import type { Stage } from './stage.js';
import { bufferOf } from './view.js';

export interface FragmenterOptions {
  /** Largest payload of a frame: bytes, 1 to 2⁵³−1, default 64 KiB; `Infinity`: one frame per message. */
  fragmentBytes?: number | undefined;
}

/** What can be sent as frames: a message, or a frame that passes through. */
export type Fragmentable = Pick<Message, 'type' | 'data'> | Frame;

/** Nothing left to be asked for: in the place of a generator at its end, which keeps its message alive. */
const NONE: Iterator<Frame> = [].values();

/** Messages in, frames out; frames pass through. */
export class FragmenterStage implements Stage<Fragmentable, Frame> {
  readonly #fragmentBytes: number;
  /** The frames of the message at hand that nobody has asked for yet. */
  #frames = NONE;

  constructor(options?: FragmenterOptions) {
    const settled = readOptions<{ fragmentBytes: number }>('MessageFragmenter', FRAGMENTER_OPTIONS, options);
    this.#fragmentBytes = settled.fragmentBytes;
  }

  write(item: Fragmentable): void {
    if (typeof item !== 'object' || (item as Fragmentable | null) === null) {
      throw new UsageError('ERR_SOKKER_ARGUMENT', `a message is an object: { type, data }, not ${shown(item)}`);
    }
    if ('opcode' in item) {
      this.#frames = [item].values();
    } else if (item.data instanceof Uint8Array) {
      this.#frames = fragments(item.type, bufferOf(item.data), this.#fragmentBytes);
    } else {
      throw new UsageError('ERR_SOKKER_ARGUMENT', 'the data of a message must be a Buffer or Uint8Array');
    }
  }

  next(): Frame | undefined {
    const step = this.#frames.next();
    if (step.done !== true) return step.value;
    this.#frames = NONE;
    return undefined;
  }

  end(): void {
    // Nothing can be cut off: a message is whole when it is written.
  }
}
