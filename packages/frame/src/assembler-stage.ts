import { AssemblerCore, type AssemblerOptions } from './assembler-core.js';
import { UsageError } from './errors.js';
import type { Frame } from './frame.js';
import type { Message } from './message.js';
import { isControl } from './opcode.js';
import { shown } from './shown.js';
import type { Stage } from './stage.js';

/** Frames in, messages out; control frames pass through in their place. */
export class AssemblerStage implements Stage<Frame, Message | Frame> {
  readonly #core: AssemblerCore;
  #ready: Message | Frame | undefined;

  constructor(options?: AssemblerOptions) {
    this.#core = new AssemblerCore(options);
  }

  write(frame: Frame): void {
    if (typeof frame !== 'object' || (frame as Frame | null) === null) {
      const form = 'a frame is an object: { fin, rsv, opcode, payload }';
      throw new UsageError('ERR_SOKKER_ARGUMENT', `${form}, not ${shown(frame)}`);
    }
    if (!(frame.payload instanceof Uint8Array)) {
      throw new UsageError('ERR_SOKKER_ARGUMENT', 'the payload of a frame must be a Buffer or Uint8Array');
    }
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
