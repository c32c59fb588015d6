import { ByteGatherer } from './byte-gatherer.js';
import { limitExceeded, violation } from './errors.js';
import type { Frame, FrameSlice } from './frame.js';
import { Message, type MessageType } from './message.js';
import { Opcode } from './opcode.js';
import { ASSEMBLER_OPTIONS, readOptions } from './options.js';

export interface AssemblerOptions {
  /** Largest message: bytes, 1 to 2⁵³−1, default 1 MiB; `Infinity` disables. */
  maxMessageBytes?: number | undefined;
}

/**
 * Data frames in, whole messages out (RFC 6455 §5.4). It takes whole frames or slices, in order, as a decoder hands
 * them out; the decoder has judged them, here they are gathered and bounded.
 */
export class AssemblerCore {
  readonly #maxMessageBytes: number;
  #gathered: ByteGatherer | undefined;
  /** Whether a message is in progress. */
  #open = false;
  #type: MessageType = 'binary';

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options?: AssemblerOptions) {
    const settled = readOptions<{ maxMessageBytes: number }>('MessageAssembler', ASSEMBLER_OPTIONS, options);
    this.#maxMessageBytes = settled.maxMessageBytes;
  }

  /** How many bytes of the message in progress are gathered; they take at most twice as much memory, and 64 bytes. */
  get bytes(): number {
    return this.#gathered?.bytes ?? 0;
  }

  /** Whether it stands between messages; after an error it does not. */
  get idle(): boolean {
    return !this.#open;
  }

  /**
   * Takes the next data frame or slice; answers the message when that completes one.
   * @throws LimitError `ERR_SOKKER_MESSAGE_TOO_BIG` (1009); ProtocolError when the order of frames is broken (1002)
   */
  push(frame: Frame | FrameSlice): Message | undefined {
    const first = 'first' in frame ? frame.first : true;
    const last = frame.fin && ('last' in frame ? frame.last : true);
    if (first) this.#begin(frame.opcode);
    const gathered = this.#gathered?.bytes ?? 0;
    const declared = 'payloadBytes' in frame && first ? frame.payloadBytes : frame.payload.length;
    if (gathered + declared > this.#maxMessageBytes) {
      throw limitExceeded('ERR_SOKKER_MESSAGE_TOO_BIG', this.#maxMessageBytes, gathered + declared);
    }
    if (last && gathered === 0) return this.#finish(frame.payload);
    this.#gathered ??= new ByteGatherer();
    this.#gathered.add(frame.payload, declared - frame.payload.length);
    return last ? this.#finish(this.#gathered.take()) : undefined;
  }

  /**
   * The stream of frames has ended.
   * @throws ProtocolError `ERR_SOKKER_UNEXPECTED_END` inside a message
   */
  end(): void {
    if (this.#open) throw violation('ERR_SOKKER_UNEXPECTED_END');
  }

  #begin(opcode: Opcode): void {
    if (opcode === Opcode.continuation) {
      if (!this.#open) throw violation('ERR_SOKKER_CONTINUATION_UNEXPECTED');
      return;
    }
    if (this.#open) throw violation('ERR_SOKKER_CONTINUATION_EXPECTED');
    this.#open = true;
    this.#type = opcode === Opcode.text ? 'text' : 'binary';
  }

  #finish(data: Buffer): Message {
    this.#open = false;
    return new Message(this.#type, data);
  }
}
