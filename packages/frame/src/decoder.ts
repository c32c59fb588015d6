import { DecoderCore } from './decoder-core.js';
import type { DecoderOptions } from './options.js';
import { PullTransform } from './pull-transform.js';

/** How many frames may wait for a slow reader; the chunk they come from waits with them. */
const WAITING_FRAMES = 16;

/**
 * Bytes in, frames out, as a Transform: `socket.pipe(new FrameDecoder({ role: 'server' }))`. It stops inside a chunk
 * while its reader is behind. Its readable side counts frames, not bytes: at most 16 wait, each within
 * `maxFramePayloadBytes`. Chunks written to it belong to it, see DecoderCore.
 *
 * Emits `error` with a ProtocolError or LimitError, after the frames before it were read.
 */
export class FrameDecoder extends PullTransform {
  readonly #core: DecoderCore;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: DecoderOptions) {
    const core = new DecoderCore(options);
    super(core, { readableObjectMode: true, readableHighWaterMark: WAITING_FRAMES });
    this.#core = core;
  }

  /** Whether it stands between messages, with no byte of a header or a payload kept. */
  get idle(): boolean {
    return this.#core.idle;
  }
}
