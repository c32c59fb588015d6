import type { TransformCallback } from 'node:stream';
import { AssemblerCore, type AssemblerOptions } from './assembler-core.js';
import type { Frame } from './frame.js';
import { isControl } from './opcode.js';
import { OrderlyTransform } from './orderly-transform.js';

/**
 * Frames or slices in, messages out, as a Transform; control frames pass through in their place. Both sides count
 * objects, not bytes: what it retains is bounded by `maxMessageBytes` and, of messages that wait for a slow reader, 16.
 *
 * Emits `error` with a LimitError or ProtocolError, after the messages before it were read.
 */
export class MessageAssembler extends OrderlyTransform {
  readonly #core: AssemblerCore;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: AssemblerOptions) {
    super({ objectMode: true });
    this.#core = new AssemblerCore(options);
  }

  override _transform(frame: Frame, _encoding: BufferEncoding, callback: TransformCallback): void {
    let item;
    try {
      item = isControl(frame.opcode) ? frame : this.#core.push(frame);
    } catch (error) {
      return this.fail(error, callback);
    }
    if (item !== undefined) this.push(item);
    callback();
  }

  override _flush(callback: TransformCallback): void {
    try {
      this.#core.end();
    } catch (error) {
      return this.fail(error, callback);
    }
    callback();
  }
}
