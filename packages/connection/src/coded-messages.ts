import {
  Opcode,
  ProtocolError,
  Slice,
  Utf8Validator,
  VIOLATIONS,
  type FrameSlice,
  type MessageCoder,
} from '@sokker/frame';

const NOTHING = Buffer.alloc(0);

/**
 * Turns the slices of a message that an extension coded into slices of the message as it was sent. Text is judged
 * here, after decoding: what passed the wire was not text (RFC 7692 §6, RFC 6455 §8.1).
 */
export class CodedMessages {
  readonly #coder: MessageCoder;
  readonly #emit: (slice: FrameSlice) => void;
  readonly #utf8 = new Utf8Validator();
  #opcode: Opcode = Opcode.binary;
  #first = true;
  /** Whether a coded message is in progress. */
  open = false;

  constructor(coder: MessageCoder, emit: (slice: FrameSlice) => void) {
    this.#coder = coder;
    this.#emit = emit;
  }

  /**
   * Takes the next slice; the pieces it decodes to are emitted in order. A promise when decoding goes on elsewhere:
   * no slice may follow before it settles.
   * @throws ProtocolError (1007), or whatever `emit` throws
   */
  push(slice: FrameSlice): Promise<void> | undefined {
    if (!this.open) {
      this.open = true;
      this.#first = true;
      this.#opcode = slice.opcode;
    }
    const last = slice.fin && slice.last;
    this.#coder.decode.write(slice.payload, last);
    return this.#drain(last);
  }

  #drain(last: boolean): Promise<void> | undefined {
    for (;;) {
      const piece = this.#coder.decode.read();
      if (piece instanceof Promise) return this.#drainLater(piece, last);
      if (piece === undefined) return this.#finish(last);
      this.#pass(piece, false);
    }
  }

  async #drainLater(pending: Promise<Buffer | undefined>, last: boolean): Promise<void> {
    for (let piece = await pending; piece !== undefined; piece = await this.#coder.decode.read()) {
      this.#pass(piece, false);
    }
    this.#finish(last);
  }

  #finish(last: boolean): undefined {
    if (!last) return;
    this.open = false;
    this.#pass(NOTHING, true);
  }

  #pass(payload: Buffer, last: boolean): void {
    if (this.#opcode === Opcode.text) {
      const sound = this.#utf8.push(payload) && (!last || this.#utf8.end());
      if (!sound) throw new ProtocolError('ERR_SOKKER_INVALID_UTF8', VIOLATIONS.ERR_SOKKER_INVALID_UTF8);
    }
    const first = this.#first;
    this.#first = false;
    // The length of the whole is not known ahead: each piece declares what it holds.
    this.#emit(new Slice(true, 0, this.#opcode, payload, payload.length, first, last));
  }
}
