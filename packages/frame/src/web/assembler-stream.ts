import { AssemblerCore, type AssemblerOptions } from '../assembler-core.js';
import type { Frame, FrameSlice } from '../frame.js';
import type { Message } from '../message.js';
import { isControl } from '../opcode.js';
import { StagePair } from './stage-pair.js';

/**
 * Frames or slices in, messages out, as a Web Streams pair; control frames pass through in their place. Fails with a
 * LimitError or ProtocolError, after the messages before it were read.
 */
export class MessageAssemblerStream {
  readonly readable: ReadableStream<Message | Frame>;
  readonly writable: WritableStream<Frame | FrameSlice>;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: AssemblerOptions) {
    const core = new AssemblerCore(options);
    let item: Message | Frame | undefined;
    const pair = new StagePair<Frame, Message | Frame>({
      write: (frame) => {
        item = isControl(frame.opcode) ? frame : core.push(frame);
      },
      next: () => {
        const taken = item;
        item = undefined;
        return taken;
      },
      end: () => core.end(),
      room: false,
    });
    this.readable = pair.readable;
    this.writable = pair.writable;
  }
}
