/**
 * Hot path: reads what a server sends, by header only, because the load shares the machine with what it measures. Counts
 * whole messages; hands out the bytes of the first one so that it can be compared with what was sent, and holds the
 * headers of all others against it.
 */
import { Buffer } from 'node:buffer';

export interface FirstMessage {
  readonly payload: Buffer;
  readonly text: boolean;
  readonly deflated: boolean;
}

const HEAD_BYTES = 10;
/** RSV1 of a message's first frame: its payload is deflated (RFC 7692 §6). */
const DEFLATED = 0x40;

export class ReplyReader {
  readonly #onFirst: (message: FirstMessage) => void;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headFilled = 0;
  #remaining = 0;
  /** The frame being read belongs to a data message, and ends it. */
  #data = false;
  #ends = false;
  /** Payload bytes of the message being read, so far. */
  #bytes = 0;
  #first: Buffer[] | undefined = [];
  /** Of the first message: reserved bits and opcode, and payload bytes. */
  #kind = -1;
  #firstBytes = 0;

  constructor(onFirst: (message: FirstMessage) => void) {
    this.#onFirst = onFirst;
  }

  /** Takes `bytes[0..end)` and returns how many messages they complete. Keeps no reference to `bytes`. */
  read(bytes: Buffer, end: number): number {
    let messages = 0;
    let at = 0;
    while (at < end) {
      if (this.#remaining === 0 && !this.#readHead(bytes[at++]!)) continue;
      const taken = Math.min(this.#remaining, end - at);
      if (this.#first !== undefined && this.#data) this.#first.push(Buffer.from(bytes.subarray(at, at + taken)));
      this.#remaining -= taken;
      at += taken;
      if (this.#remaining === 0 && this.#ends) {
        this.#ends = false;
        this.#finish();
        messages++;
      }
    }
    return messages;
  }

  /** One more byte of a header; true when it is whole. */
  #readHead(byte: number): boolean {
    const head = this.#head;
    head[this.#headFilled++] = byte;
    if (this.#headFilled < 2) return false;
    const short = head[1]!;
    if (short > 127) throw new Error('the server sent a masked frame');
    if (this.#headFilled < (short < 126 ? 2 : short === 126 ? 4 : 10)) return false;
    this.#headFilled = 0;
    this.#remaining = short < 126 ? short : short === 126 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
    this.#judge(head[0]!);
    return true;
  }

  /** Pings are passed over unanswered: no run lasts long enough for a server to miss the answer. */
  #judge(start: number): void {
    const opcode = start & 15;
    if (opcode === 8) throw new Error('the server sent a close frame');
    this.#data = opcode < 8;
    this.#ends = this.#data && start > 127;
    if (!this.#data) return;
    if (opcode !== 0) this.#begin(start & 127);
    this.#bytes += this.#remaining;
  }

  #begin(kind: number): void {
    this.#bytes = 0;
    if (this.#kind === -1) this.#kind = kind;
    if (kind !== this.#kind) throw new Error('a later message differs from the first in its opcode or reserved bits');
  }

  #finish(): void {
    const deflated = (this.#kind & DEFLATED) !== 0;
    if (this.#first !== undefined) {
      const payload = Buffer.concat(this.#first);
      this.#first = undefined;
      this.#firstBytes = this.#bytes;
      this.#onFirst({ payload, text: (this.#kind & 15) === 1, deflated });
    } else if (deflated ? this.#bytes === 0 : this.#bytes !== this.#firstBytes) {
      // How long a deflated message is depends on those before it: it only has to hold something.
      throw new Error(`a later message has ${this.#bytes} bytes, the first has ${this.#firstBytes}`);
    }
  }
}
