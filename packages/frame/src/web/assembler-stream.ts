import type { AssemblerOptions } from '../assembler-core.js';
import { AssemblerStage } from '../assembler-stage.js';
import type { Frame, FrameSlice } from '../frame.js';
import type { Message } from '../message.js';
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
    ({ readable: this.readable, writable: this.writable } = new StagePair(new AssemblerStage(options)));
  }
}
