import type { AssemblerOptions } from './assembler-core.js';
import { AssemblerStage } from './assembler-stage.js';
import { PullTransform } from './pull-transform.js';

/**
 * Frames or slices in, messages out, as a Transform; control frames pass through in their place. Both sides count
 * objects, not bytes: what it retains is bounded by `maxMessageBytes` and, of messages that wait for a slow reader, 16.
 *
 * Emits `error` with a LimitError or ProtocolError, after the messages before it were read; with a UsageError
 * `ERR_SOKKER_ARGUMENT` for what is no frame.
 */
export class MessageAssembler extends PullTransform {
  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: AssemblerOptions) {
    super(new AssemblerStage(options), { objectMode: true });
  }
}
