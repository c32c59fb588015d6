import { AssemblerCore, type AssemblerOptions } from './assembler-core.js';
import type { Frame } from './frame.js';
import { frameOfBuffer } from './given-frame.js';
import type { Message } from './message.js';
import { isControl } from './opcode.js';
import type { Stage } from './stage.js';

/** Frames in, messages out; control frames pass through in their place. */
export class AssemblerStage implements Stage<Frame, Message | Frame> {
  readonly #core: AssemblerCore;
  #ready: Message | Frame | undefined;

  constructor(options?: AssemblerOptions) {
    this.#core = new AssemblerCore(options);
  }

  write(given: Frame): void {
    const frame = frameOfBuffer(given);
    this.#ready = isControl(frame.opcode) ? frame : this.#core.push(frame);
  }

  next(): Message | Frame | undefined {
    const ready = this.#ready;
    this.#ready = undefined;
    return ready;
  }

  end(): void {
    this.#core.end();
  }
}
