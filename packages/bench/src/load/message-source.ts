/** The frames of one kind of traffic, ready to be written, and the check of the first answer. */
import { inflateRawSync } from 'node:zlib';
import { deflateMessage, encodeClientFrame } from './frames.js';
import type { Traffic } from './jobs.js';
import type { LoadConnection } from './connection.js';
import { makePayload } from './payloads.js';
import type { FirstMessage } from './reply-reader.js';

/** Frames that leave together leave in one write, up to this many bytes (or one frame, when it is larger). */
const BLOCK_BYTES = 65536;
/** What a deflated message leaves out and inflating needs (RFC 7692 §7.2.2). */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

function inflate(payload: Buffer): Buffer {
  // The trailing empty block ends the message, not the stream: without `finishFlush` it would count as truncated.
  return inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: 2 });
}

export class MessageSource {
  readonly #payload: Buffer;
  readonly #text: boolean;
  readonly #deflated: boolean;
  readonly #block: Buffer;
  readonly #frameBytes: number;

  constructor(traffic: Traffic, atOnce: number) {
    this.#payload = makePayload(traffic.kind, traffic.bytes);
    this.#text = traffic.kind !== 'binary';
    this.#deflated = traffic.deflate === true;
    const wire = this.#deflated ? deflateMessage(this.#payload) : this.#payload;
    const frame = encodeClientFrame(wire, { text: this.#text, deflated: this.#deflated });
    this.#frameBytes = frame.length;
    const frames = Math.max(1, Math.min(atOnce, Math.floor(BLOCK_BYTES / frame.length)));
    this.#block = Buffer.concat(Array<Buffer>(frames).fill(frame));
  }

  send(connection: LoadConnection, count: number): void {
    const blockFrames = this.#block.length / this.#frameBytes;
    for (let left = count; left > 0; left -= blockFrames) {
      connection.write(this.#block.subarray(0, Math.min(left, blockFrames) * this.#frameBytes));
    }
  }

  /** @throws when what came back is not what was sent. */
  verify(message: FirstMessage): void {
    if (message.text !== this.#text) throw new Error(`the first message is ${message.text ? 'text' : 'binary'}`);
    if (message.deflated !== this.#deflated)
      throw new Error(`the first message is ${message.deflated ? '' : 'not '}deflated`);
    const payload = message.deflated ? inflate(message.payload) : message.payload;
    if (payload.equals(this.#payload)) return;
    throw new Error(`the first message differs: ${payload.length} bytes came, ${this.#payload.length} were sent`);
  }
}
