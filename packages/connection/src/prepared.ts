import { encodeFrame, Opcode, readOptions, wholeFrame, type MessageCoder, type MessageType } from '@sokker/frame';
import { bytesOf, type Bytes } from './bytes.js';
import { SEND_OPTIONS } from './send-options.js';

/**
 * A message that is encoded once and sent to many. Framed when it is first sent, and coded once for every set of
 * connections whose coders share a form. Made by `prepare`; holds its own copy of nothing: the data must not change.
 */
export class Prepared {
  readonly type: MessageType;
  /** The payload. */
  readonly data: Buffer;
  #frame: Buffer | undefined;
  #shared: Map<string, Buffer | undefined> | undefined;

  constructor(type: MessageType, data: Buffer) {
    this.type = type;
    this.data = data;
  }

  get opcode(): Opcode {
    return this.type === 'text' ? Opcode.text : Opcode.binary;
  }

  /** The message as one unmasked frame, as a server sends it. */
  frame(): Buffer {
    return (this.#frame ??= encodeFrame(wholeFrame(true, 0, this.opcode, this.data), { role: 'server' }));
  }

  /** The payload in the form that connections with this coder's key share; undefined: send it uncoded. */
  payloadFor(coder: MessageCoder): Buffer | undefined {
    this.#shared ??= new Map();
    if (!this.#shared.has(coder.shareKey)) this.#shared.set(coder.shareKey, coder.encodeShared(this.data));
    return this.#shared.get(coder.shareKey);
  }
}

/**
 * Prepares a message for many connections.
 * @param data a string, which leaves as text, or bytes, which leave as binary
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function prepare(data: string | Bytes, options?: { type?: MessageType | undefined }): Prepared {
  const { type } = readOptions<{ type?: MessageType }>('prepare', { type: SEND_OPTIONS.type }, options);
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : bytesOf(data);
  return new Prepared(type ?? (typeof data === 'string' ? 'text' : 'binary'), bytes);
}
