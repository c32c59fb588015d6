import { EncoderCore, GATHER_BYTES, type EncoderOptions } from '../encoder-core.js';
import type { Frame, FrameSlice } from '../frame.js';
import type { Stage } from '../stage.js';
import { StagePair } from './stage-pair.js';

/**
 * Frames or slices in, bytes out, as a Web Streams pair. What is written during one turn of the event loop leaves
 * gathered, in chunks of 64 KiB and a frame at most, unmasked payloads from 8 KiB on apart and uncopied; no more than
 * that gathers while nobody reads. Payloads must not change before they are read; masking never changes them.
 *
 * Fails with a UsageError for a frame that cannot be sent, after the frames before it were read.
 */
export class FrameEncoderStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Frame | FrameSlice>;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: EncoderOptions) {
    const stage = new GatheringStage(new EncoderCore(options), () => pair.wake());
    const pair = new StagePair(stage, () => stage.room);
    this.readable = pair.readable;
    this.writable = pair.writable;
  }
}

/** Ripe, that is ready to leave, once the turn in which something was written is over, or when there is much of it. */
class GatheringStage implements Stage<Frame, Uint8Array> {
  readonly #core: EncoderCore;
  readonly #wake: () => void;
  #scheduled = false;
  #leaving: Iterator<Buffer> = [].values();

  constructor(core: EncoderCore, wake: () => void) {
    this.#core = core;
    this.#wake = wake;
  }

  /** Whether more may gather. */
  get room(): boolean {
    return this.#core.bytes < GATHER_BYTES;
  }

  write(frame: Frame): void {
    try {
      this.#core.add(frame);
    } catch (error) {
      // What gathered leaves before the error, not after the turn.
      this.#scheduled = false;
      throw error;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Writes to a WritableStream follow each other as microtasks; a tick set here comes after all of them.
    process.nextTick(() => {
      this.#scheduled = false;
      this.#wake();
    });
  }

  next(): Buffer | undefined {
    let step = this.#leaving.next();
    if (step.done === true && (!this.#scheduled || !this.room)) {
      this.#leaving = this.#core.take().values();
      step = this.#leaving.next();
    }
    return step.done === true ? undefined : step.value;
  }

  end(): void {
    this.#scheduled = false;
  }
}
