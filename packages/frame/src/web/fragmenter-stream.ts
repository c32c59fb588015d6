import type { Frame } from '../frame.js';
import { fragments } from '../fragmenter-core.js';
import type { FragmenterOptions } from '../fragmenter.js';
import type { Message } from '../message.js';
import { FRAGMENTER_OPTIONS, readOptions } from '../options.js';
import { StagePair } from './stage-pair.js';

/**
 * Messages in, frames out, as a Web Streams pair; frames that are written to it (control frames, for one) pass
 * through. It stops inside a message while nobody reads. Payloads are views of the messages.
 */
export class MessageFragmenterStream {
  readonly readable: ReadableStream<Frame>;
  readonly writable: WritableStream<Pick<Message, 'type' | 'data'> | Frame>;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: FragmenterOptions) {
    const { fragmentBytes } = readOptions<{ fragmentBytes: number }>('MessageFragmenter', FRAGMENTER_OPTIONS, options);
    let frames: Iterator<Frame> = [].values();
    const pair = new StagePair<Pick<Message, 'type' | 'data'> | Frame, Frame>({
      write: (item) => {
        frames = 'opcode' in item ? [item].values() : fragments(item.type, item.data, fragmentBytes);
      },
      next: () => {
        const step = frames.next();
        return step.done === true ? undefined : step.value;
      },
      end: () => {},
      room: false,
    });
    this.readable = pair.readable;
    this.writable = pair.writable;
  }
}
