import { DecoderCore } from './decoder-core.js';
import type { DecoderOptions } from './options.js';
import { PullTransform } from './pull-transform.js';

/** How many frames may wait for a slow reader; the chunk they come from waits with them. */
const WAITING_FRAMES = 16;
/** A slice may be as large as a chunk: with one, no chunk but the one at hand waits. */
const WAITING_SLICES = 1;

/**
 * Bytes in, frames out, as a Transform: `socket.pipe(new FrameDecoder({ role: 'server' }))`. It stops inside a chunk
 * while its reader is behind. Its readable side counts frames, not bytes: at most 16 wait, each within
 * `maxFramePayloadBytes`, or one slice. Chunks written to it belong to it, see DecoderCore.
 *
 * Emits `error` with a ProtocolError or LimitError, after the frames before it were read.
 */
export class FrameDecoder extends PullTransform {
  readonly #core: DecoderCore;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: DecoderOptions) {
    const core = new DecoderCore(options);
    const readableHighWaterMark = options.emit === 'slices' ? WAITING_SLICES : WAITING_FRAMES;
    super(core, { readableObjectMode: true, readableHighWaterMark });
    this.#core = core;
  }

  /** Whether it stands between messages, with no byte of a header or a payload kept. */
  get idle(): boolean {
    return this.#core.idle;
  }
}
