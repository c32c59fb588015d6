import { FragmenterStage, type Fragmentable, type FragmenterOptions } from '../fragmenter-stage.js';
import type { Frame } from '../frame.js';
import { StagePair } from './stage-pair.js';

/**
 * Messages in, frames out, as a Web Streams pair; frames that are written to it (control frames, for one) pass
 * through. It stops inside a message while nobody reads. Payloads are views of the messages.
 */
export class MessageFragmenterStream {
  readonly readable: ReadableStream<Frame>;
  readonly writable: WritableStream<Fragmentable>;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: FragmenterOptions) {
    ({ readable: this.readable, writable: this.writable } = new StagePair(new FragmenterStage(options)));
  }
}
