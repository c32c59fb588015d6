import { EncoderCore, firstByte, Opcode, readOptions, type MessageCoder, type MessageType } from '@sokker/frame';
import { bytesOf, compact, type Bytes } from './bytes.js';
import { SEND_OPTIONS } from './send-options.js';

/** One form of a message: its payload, and on a server the frame around it, made once. */
export class Form {
  /** FIN, RSV and opcode. */
  readonly byte0: number;
  readonly payload: Buffer;
  #frame: Buffer | undefined;

  constructor(rsv: number, opcode: Opcode, payload: Buffer) {
    this.byte0 = firstByte(true, rsv, opcode);
    this.payload = payload;
  }

  /** One unmasked frame, as a server sends it. */
  frame(): Buffer {
    if (this.#frame !== undefined) return this.#frame;
    const encoder = new EncoderCore({ role: 'server' });
    encoder.addFrame(this.byte0, this.payload, this.payload.length);
    return (this.#frame = Buffer.concat(encoder.take()));
  }
}

/**
 * A message that is encoded once and sent to many. Framed when it is first sent, and coded once for every set of
 * connections whose coders share a form. Made by `prepare`; bytes are not copied, unless they are few: they must not change.
 */
export class Prepared {
  readonly type: MessageType;
  /** The payload. */
  readonly data: Buffer;
  #plain: Form | undefined;
  #shared: Map<string, Form | undefined> | undefined;

  constructor(type: MessageType, data: Buffer) {
    this.type = type;
    this.data = data;
  }

  /** Uncoded. */
  get plain(): Form {
    return (this.#plain ??= new Form(0, this.#opcode, this.data));
  }

  /** As connections with this coder's key share it; undefined: send it uncoded. */
  sharedFor(coder: MessageCoder): Form | undefined {
    this.#shared ??= new Map();
    if (!this.#shared.has(coder.shareKey)) {
      const payload = coder.encodeShared(this.data);
      this.#shared.set(coder.shareKey, payload && new Form(coder.rsv, this.#opcode, payload));
    }
    return this.#shared.get(coder.shareKey);
  }

  get #opcode(): Opcode {
    return this.type === 'text' ? Opcode.text : Opcode.binary;
  }
}

/**
 * Prepares a message for many connections.
 * @param data a string, which leaves as text, or bytes, which leave as binary
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function prepare(data: string | Bytes, options?: { type?: MessageType | undefined }): Prepared {
  const { type } = readOptions<{ type?: MessageType }>('prepare', { type: SEND_OPTIONS.type }, options);
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : compact(bytesOf(data));
  return new Prepared(type ?? (typeof data === 'string' ? 'text' : 'binary'), bytes);
}
