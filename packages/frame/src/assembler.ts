import { AssemblerCore, type AssemblerOptions } from './assembler-core.js';
import type { Frame } from './frame.js';
import type { Message } from './message.js';
import { isControl } from './opcode.js';
import { PullTransform } from './pull-transform.js';

/**
 * Frames or slices in, messages out, as a Transform; control frames pass through in their place. Both sides count
 * objects, not bytes: what it retains is bounded by `maxMessageBytes` and, of messages that wait for a slow reader, 16.
 *
 * Emits `error` with a LimitError or ProtocolError, after the messages before it were read.
 */
export class MessageAssembler extends PullTransform {
  readonly #core: AssemblerCore;
  #ready: Message | Frame | undefined;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: AssemblerOptions) {
    super({ objectMode: true });
    this.#core = new AssemblerCore(options);
  }

  protected override accept(frame: Frame): void {
    this.#ready = isControl(frame.opcode) ? frame : this.#core.push(frame);
  }

  protected override next(): Message | Frame | undefined {
    const ready = this.#ready;
    this.#ready = undefined;
    return ready;
  }

  protected override finish(): void {
    this.#core.end();
  }
}
