import {
  Opcode,
  ProtocolError,
  Slice,
  Utf8Validator,
  VIOLATIONS,
  type FrameSlice,
  type MessageCoder,
} from '@sokker/frame';
import { decodingShare } from './turn-share.js';

const NOTHING = Buffer.alloc(0);

/**
 * Turns the slices of a message that an extension coded into slices of the message as it was sent. Text is judged
 * here, after decoding: what passed the wire was not text (RFC 7692 §6, RFC 6455 §8.1).
 */
export class CodedMessages {
  readonly #coder: MessageCoder;
  readonly #emit: (slice: FrameSlice) => Promise<void> | undefined;
  readonly #utf8 = new Utf8Validator();
  #opcode: Opcode = Opcode.binary;
  #first = true;
  /** Whether a coded message is in progress. */
  open = false;

  /** @param emit takes a slice; a promise when it wants no more before that settles */
  constructor(coder: MessageCoder, emit: (slice: FrameSlice) => Promise<void> | undefined) {
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
      if (decodingShare.spent) return decodingShare.later(() => this.#drain(last));
      const piece = this.#coder.decode.read();
      if (piece instanceof Promise) return this.#drainLater(piece, last);
      if (piece === undefined) return this.#finish(last);
      decodingShare.spend(piece.length);
      const room = this.#pass(piece, false);
      if (room !== undefined)
        return this.#drainLater(
          room.then(() => this.#coder.decode.read()),
          last,
        );
    }
  }

  async #drainLater(pending: Promise<Buffer | undefined>, last: boolean): Promise<void> {
    for (let piece = await pending; piece !== undefined; piece = await this.#coder.decode.read()) {
      await this.#pass(piece, false);
    }
    await this.#finish(last);
  }

  #finish(last: boolean): Promise<void> | undefined {
    if (!last) return undefined;
    this.open = false;
    return this.#pass(NOTHING, true);
  }

  #pass(payload: Buffer, last: boolean): Promise<void> | undefined {
    if (this.#opcode === Opcode.text) {
      const sound = this.#utf8.push(payload) && (!last || this.#utf8.end());
      if (!sound) throw new ProtocolError('ERR_SOKKER_INVALID_UTF8', VIOLATIONS.ERR_SOKKER_INVALID_UTF8);
    }
    const first = this.#first;
    this.#first = false;
    // The length of the whole is not known ahead: each piece declares what it holds.
    return this.#emit(new Slice(true, 0, this.#opcode, payload, payload.length, first, last));
  }
}
