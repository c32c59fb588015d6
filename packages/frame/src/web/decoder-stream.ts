import { DecoderCore } from '../decoder-core.js';
import type { DecoderOptions } from '../options.js';
import { UsageError } from '../errors.js';
import type { FrameSlice } from '../frame.js';
import { bufferOf } from '../view.js';
import { StagePair } from './stage-pair.js';

/**
 * Bytes in, frames out, as a Web Streams pair: `bytes.pipeThrough(new FrameDecoderStream({ role: 'server' }))`. It
 * stops inside a chunk while nobody reads, and queues no frames. Chunks belong to it: payloads are unmasked in place.
 *
 * Fails with a ProtocolError or LimitError, after the frames before it were read.
 */
export class FrameDecoderStream {
  readonly readable: ReadableStream<FrameSlice>;
  readonly writable: WritableStream<Uint8Array>;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: DecoderOptions) {
    const core = new DecoderCore(options);
    ({ readable: this.readable, writable: this.writable } = new StagePair<Uint8Array, FrameSlice>({
      write: (chunk) => core.write(bytesOf(chunk)),
      next: () => core.next(),
      end: () => core.end(),
    }));
  }
}

function bytesOf(chunk: Uint8Array): Buffer {
  if (!(chunk instanceof Uint8Array))
    throw new UsageError('ERR_SOKKER_ARGUMENT', 'a decoder takes bytes as Uint8Array');
  return bufferOf(chunk);
}
