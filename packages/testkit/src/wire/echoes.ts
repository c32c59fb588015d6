/** Reads the frames that an endpoint under test sends, and says what is wrong with them, whatever was expected. */
import { isUtf8 } from 'node:buffer';
import { constants, inflateRawSync } from 'node:zlib';
import { hexOf } from '../hex.js';
import { eventLine } from '../received-event.js';
import type { Role } from '../fixture.js';
import { FIN, headerAt, payloadOf, RSV1, TYPES, wrongClose, wrongLength, type Header } from '../sent-frames.js';

const FIRST_CONTROL_OPCODE = 8;
const CLOSE = 8;
const PING = 9;
/** What RFC 7692 §7.2.1 has the sender leave off. */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
/** LZ77 looks back so far (RFC 1951 §2). */
const WINDOW_BYTES = 32 * 1024;
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

/** The frames that have come: messages as lines that fixtures' events have too, the payloads of Pongs, one Close. */
export class Echoes {
  readonly messages: string[] = [];
  /** Payloads, in hexadecimal digits. */
  readonly pongs: string[] = [];
  /** The code of the Close that came; `null`: it is empty. */
  close: number | null | undefined = undefined;
  /** What breaks the RFC; nothing behind it is read. */
  wrong: string | undefined = undefined;
  readonly #role: Role;
  readonly #isDeflated: boolean;
  readonly #takesOver: boolean;
  #at = 0;
  #message: { readonly opcode: number; readonly isCoded: boolean; readonly parts: Buffer[] } | undefined;
  #window = Buffer.alloc(0);

  /**
   * @param role of the endpoint under test
   * @param extensions as they were negotiated: permessage-deflate, or ''
   */
  constructor(role: Role, extensions: string) {
    this.#role = role;
    this.#isDeflated = extensions !== '';
    this.#takesOver = !extensions.includes(`${role}_no_context_takeover`);
  }

  /** Whether nothing more is read: a Close has come, or what must not. */
  get isOver(): boolean {
    return this.close !== undefined || this.wrong !== undefined;
  }

  /** Reads on where it stopped. @param bytes all that has come behind the opening handshake */
  read(bytes: Buffer): void {
    while (!this.isOver) {
      const header = headerAt(bytes, this.#at);
      const end = header === undefined ? Infinity : header.start + header.length;
      if (header === undefined || bytes.length < end) return;
      this.#at = end;
      const payload = payloadOf(bytes.subarray(0, end), header);
      this.wrong = this.#wrongHeader(header) ?? wrongClose(header, payload) ?? this.#take(header, payload);
    }
    // RFC 6455 §5.5.1.
    if (this.wrong === undefined && bytes.length > this.#at) this.wrong = 'bytes behind its Close';
  }

  #wrongHeader(header: Header): string | undefined {
    const { flags, opcode, masked } = header;
    const isControl = opcode >= FIRST_CONTROL_OPCODE;
    if (masked !== (this.#role === 'client')) return masked ? 'a masked frame' : 'a frame without a mask';
    if (opcode !== 0 && !TYPES.has(opcode as 1)) return `a frame of opcode ${opcode}`;
    const mayBeCoded = this.#isDeflated && !isControl && opcode !== 0;
    if ((flags & 0b0111 & (mayBeCoded ? ~RSV1 : ~0)) !== 0) return `RSV bits (${flags & 0b0111})`;
    if (isControl && (flags & FIN) === 0) return 'a control frame without FIN';
    if (!isControl && (opcode === 0) !== (this.#message !== undefined)) return `opcode ${opcode} out of order`;
    return wrongLength(header);
  }

  /** Answers what is wrong with a message that this frame ends. */
  #take({ flags, opcode }: Header, payload: Buffer): string | undefined {
    if (opcode >= FIRST_CONTROL_OPCODE) return this.#takeControl(opcode, payload);
    const message = (this.#message ??= { opcode, isCoded: (flags & RSV1) !== 0, parts: [] });
    message.parts.push(payload);
    if ((flags & FIN) === 0) return undefined;
    this.#message = undefined;
    const joined = Buffer.concat(message.parts);
    const data = message.isCoded ? this.#inflate(joined) : joined;
    if (data === undefined) return 'a message that cannot be inflated';
    const type = message.opcode === 1 ? 'text' : 'binary';
    if (type === 'text' && !isUtf8(data)) return 'text that is no UTF-8';
    this.messages.push(eventLine({ type, hex: hexOf(data) }));
    return undefined;
  }

  #takeControl(opcode: number, payload: Buffer): undefined {
    if (opcode === CLOSE) this.close = payload.length === 0 ? null : payload.readUInt16BE(0);
    // Pings of a server's own are for clients that live longer.
    else if (opcode !== PING) this.pongs.push(payload.toString('hex'));
  }

  #inflate(coded: Buffer): Buffer | undefined {
    let rest: Buffer = Buffer.concat([coded, TAIL]);
    const parts: Buffer[] = [];
    try {
      // Behind a final block another begins (RFC 7692 §7.2.3.4).
      while (rest.length > 0) {
        const { data, bytesRead } = this.#inflateBlocks(rest);
        parts.push(data);
        rest = rest.subarray(bytesRead);
      }
    } catch {
      return undefined;
    }
    if (!this.#takesOver) this.#window = Buffer.alloc(0);
    return Buffer.concat(parts);
  }

  /** Inflates as far as a final block, or to the end. @throws Error from zlib */
  #inflateBlocks(coded: Buffer): { readonly data: Buffer; readonly bytesRead: number } {
    const dictionary = this.#window.length === 0 ? {} : { dictionary: this.#window };
    const options = { ...dictionary, finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_INFLATED_BYTES };
    // With `info` the answer is an object, of which the types know nothing.
    const inflated = inflateRawSync(coded, { ...options, info: true }) as unknown as Inflated;
    this.#window = Buffer.concat([this.#window, inflated.buffer]).subarray(-WINDOW_BYTES);
    return { data: inflated.buffer, bytesRead: inflated.engine.bytesWritten };
  }
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}
