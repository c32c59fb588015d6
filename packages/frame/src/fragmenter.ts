import { FragmenterStage, type FragmenterOptions } from './fragmenter-stage.js';
import { PullTransform } from './pull-transform.js';

/**
 * Messages in, frames out, as a Transform; frames that are written to it (control frames, for one) pass through. It
 * stops inside a message while its reader is behind. Both sides count objects, not bytes; payloads are views of the
 * messages.
 *
 * Emits `error` with a UsageError `ERR_SOKKER_ARGUMENT` for what is no message.
 */
export class MessageFragmenter extends PullTransform {
  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: FragmenterOptions) {
    super(new FragmenterStage(options), { objectMode: true });
  }
}
