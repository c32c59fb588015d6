import { limitExceeded, violation } from './errors.js';
import { Opcode } from './opcode.js';
import { Utf8Validator } from './utf8.js';

/** Bounds of one message and of its frames. */
export interface MessageLimits {
  readonly maxFramePayloadBytes: number;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
}

/**
 * A message is compressed in the hope that it gets smaller, yet one that does not may grow by a few bytes. What it
 * decodes to is bounded exactly, by whoever decodes it; on the wire it is given this much room.
 */
const CODED_ROOM = 2;

/** The message in progress across its frames: what fragmentation, limits and UTF-8 are judged against (RFC 6455 §5.4). */
export class MessageProgress {
  readonly #limits: MessageLimits;
  /** Made for the first text that is not judged as a whole. */
  #utf8: Utf8Validator | undefined;
  /** Whether frames of this message are still to come. */
  open = false;
  #text = false;
  #bytes = 0;
  #fragments = 0;
  #limit = 0;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
  }

  /**
   * Both bounds on size, of which the nearer one answers: it is the one that is crossed first when the length comes
   * byte by byte.
   * @param payloadBytes what the frame declares, or the least that it can become
   */
  checkRoom(opcode: number, rsv: number, payloadBytes: number): void {
    const { maxFramePayloadBytes, maxMessageBytes } = this.#limits;
    const goesOn = opcode === Opcode.continuation;
    const before = goesOn ? this.#bytes : 0;
    const room = (goesOn ? this.#limit : this.#limitFor(rsv)) - before;
    // Beyond 2⁵³−1 lengths lose their last digits: too big whatever the limit says.
    const most = Math.min(maxFramePayloadBytes, Number.MAX_SAFE_INTEGER);
    if (payloadBytes <= most && payloadBytes <= room) return;
    if (room < most) throw limitExceeded('ERR_SOKKER_MESSAGE_TOO_BIG', maxMessageBytes, before + payloadBytes);
    throw limitExceeded('ERR_SOKKER_FRAME_TOO_BIG', most, payloadBytes);
  }

  /** One frame more, of which byte 0 is there. */
  checkCount(opcode: number): void {
    const { maxFragments } = this.#limits;
    const count = opcode === Opcode.continuation ? this.#fragments + 1 : 1;
    if (count > maxFragments) throw limitExceeded('ERR_SOKKER_TOO_MANY_FRAGMENTS', maxFragments, count);
  }

  /** The last frame declares `payloadBytes`: too few, if the code point that is open needs more. */
  checkRest(payloadBytes: number): void {
    if ((this.#utf8?.missing ?? 0) > payloadBytes) throw violation('ERR_SOKKER_INVALID_UTF8');
  }

  /** A data frame's header is whole. */
  begin(fin: boolean, opcode: number, rsv: number, payloadBytes: number): void {
    if (opcode !== Opcode.continuation) {
      this.#text = opcode === Opcode.text && rsv === 0;
      this.#limit = this.#limitFor(rsv);
      this.#bytes = 0;
      this.#fragments = 0;
    }
    this.#bytes += payloadBytes;
    this.#fragments++;
    this.open = !fin;
  }

  /**
   * Whether bytes need no judging: they are no text, or ASCII where no code point is open. Text that an extension coded
   * is judged after decoding, elsewhere.
   */
  passes(ascii: boolean): boolean {
    return !this.#text || (ascii && this.#utf8?.complete !== false);
  }

  /**
   * Payload of a text frame arrived, unmasked: `bytes[start, end)`.
   * @param rest bytes of the message that are still to come; `Infinity` where a later frame may bring them
   */
  accept(bytes: Uint8Array, start: number, end: number, rest: number): void {
    const utf8 = (this.#utf8 ??= new Utf8Validator());
    if (!utf8.push(bytes, start, end) || utf8.missing > rest) throw violation('ERR_SOKKER_INVALID_UTF8');
  }

  #limitFor(rsv: number): number {
    return this.#limits.maxMessageBytes * (rsv === 0 ? 1 : CODED_ROOM);
  }
}
