import {
  Opcode,
  ProtocolError,
  Slice,
  Utf8Validator,
  VIOLATIONS,
  type FrameSlice,
  type MessageCoder,
} from '@sokker/frame';
import type { Clock } from './clock.js';
import { errorOf } from './failure.js';
import { decodingShare, TURN_MS, type GoOn } from './turn-share.js';

/** Arranges for work that was interrupted to go on, or to fail. */
type Pause = (goOn: GoOn, fail: (error: Error) => void) => void;
const untilLater: Pause = (goOn) => decodingShare.later(goOn);

/**
 * Turns the slices of a message that an extension coded into slices of the message as it was sent. Text is judged
 * here, after decoding: what passed the wire was not text (RFC 7692 §6, RFC 6455 §8.1).
 */
export class CodedMessages {
  readonly #coder: MessageCoder;
  readonly #clock: Clock;
  readonly #emit: (slice: FrameSlice) => Promise<void> | undefined;
  readonly #utf8 = new Utf8Validator();
  #opcode: Opcode = Opcode.binary;
  #first = true;
  /** What was decoded last: it is handed on with what comes next, so that a message of one piece need not be joined. */
  #held: Buffer | undefined;
  /** Whether the slice at hand is not used up. */
  #busy = false;
  /** Whether a coded message is in progress. */
  open = false;

  /** @param emit takes a slice; a promise when it wants no more before that settles */
  constructor(coder: MessageCoder, clock: Clock, emit: (slice: FrameSlice) => Promise<void> | undefined) {
    this.#coder = coder;
    this.#clock = clock;
    this.#emit = emit;
  }

  /**
   * Takes the next slice; the pieces it decodes to are emitted in order. A promise when decoding goes on elsewhere, or
   * in a later turn: no slice may follow before it settles.
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
    this.#busy = true;
    const pause = this.#drain(last);
    return pause === undefined ? undefined : this.#drainOn(pause, last);
  }

  /** One promise for all its turns: a chain of them would grow with what is decoded. */
  #drainOn(first: Pause, last: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn: GoOn = () => {
        try {
          const pause = this.#drain(last);
          if (pause === undefined) resolve();
          else pause(goOn, reject);
        } catch (error) {
          reject(errorOf(error));
        }
      };
      first(goOn, reject);
    });
  }

  /** Decodes as far as this turn allows; answers what to wait for where something is left. */
  #drain(last: boolean): Pause | undefined {
    const since = this.#clock.now();
    while (this.#busy) {
      if (decodingShare.spent) return untilLater;
      const piece = this.#read();
      if (piece instanceof Promise) return until(this.#drainElsewhere(piece, last));
      if (piece === undefined) return until(this.#finish(last));
      decodingShare.spend(piece.length);
      const room = this.#take(piece);
      if (room !== undefined) return until(room);
      if (this.#clock.now() - since >= TURN_MS) return untilLater;
    }
    return undefined;
  }

  async #drainElsewhere(pending: Promise<Buffer | undefined>, last: boolean): Promise<void> {
    try {
      for (let piece = await pending; piece !== undefined; piece = await this.#coder.decode.read()) {
        await this.#take(piece);
      }
    } catch (error) {
      this.#fail(error);
    }
    await this.#finish(last);
  }

  #read(): ReturnType<MessageCoder['decode']['read']> {
    try {
      return this.#coder.decode.read();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What is held comes before what was found broken behind it. */
  #fail(error: unknown): never {
    void this.#release(false);
    throw error;
  }

  #take(piece: Buffer): Promise<void> | undefined {
    const room = this.#release(false);
    if (this.#opcode === Opcode.text && !this.#utf8.push(piece)) throw invalidText();
    this.#held = piece;
    return room;
  }

  #finish(last: boolean): Promise<void> | undefined {
    this.#busy = false;
    if (!last) return this.#release(false);
    this.open = false;
    if (this.#opcode === Opcode.text && !this.#utf8.end()) throw invalidText();
    return this.#release(true);
  }

  #release(last: boolean): Promise<void> | undefined {
    // Not one for all messages: it belongs to whoever receives it, who may transfer its memory to a thread.
    const payload = this.#held ?? (last ? Buffer.alloc(0) : undefined);
    if (payload === undefined) return undefined;
    this.#held = undefined;
    const first = this.#first;
    this.#first = false;
    // The length of the whole is not known ahead: each piece declares what it holds.
    return this.#emit(new Slice(true, 0, this.#opcode, payload, payload.length, first, last));
  }
}

function invalidText(): ProtocolError {
  return new ProtocolError('ERR_SOKKER_INVALID_UTF8', VIOLATIONS.ERR_SOKKER_INVALID_UTF8);
}

function until(settled: Promise<void> | undefined): Pause | undefined {
  return settled && ((goOn, fail) => void settled.then(goOn, fail));
}
