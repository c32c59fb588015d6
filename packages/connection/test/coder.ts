/** A toy extension: XOR with a byte that moves on with every message, so that order and sharing show on the wire. */
import { ProtocolError, VIOLATIONS, type MessageCoder, type PieceCoder } from '@sokker/frame';

export interface ToyOptions {
  /** Where the work goes on: at once, or in a later turn. */
  readonly later?: boolean;
  readonly rsv?: number;
  /** Decoded and encoded pieces are at most this long. */
  readonly pieceBytes?: number;
  /** Messages below this are left alone. */
  readonly threshold?: number;
  /** Keeps encoded bytes until the message ends, as a compressor may. */
  readonly holds?: boolean;
  readonly shareKey?: string;
}

export class ToyCoder implements MessageCoder {
  readonly name = 'toy';
  readonly rsv: number;
  readonly decode: ToyPieces;
  readonly encode: ToyPieces;
  readonly shareKey: string;
  readonly log: string[] = [];
  readonly #threshold: number;

  constructor(options: ToyOptions = {}) {
    this.rsv = options.rsv ?? 2;
    this.shareKey = options.shareKey ?? 'toy';
    this.#threshold = options.threshold ?? 0;
    this.decode = new ToyPieces({ ...options, holds: false });
    this.encode = new ToyPieces(options);
  }

  wants(payloadBytes: number): boolean {
    return payloadBytes >= this.#threshold;
  }

  encodeShared(payload: Buffer): Buffer | undefined {
    this.log.push('encodeShared');
    return payload.length === 0 ? undefined : xor(payload, 0);
  }

  sharedSent(): void {
    this.log.push('sharedSent');
  }

  close(): void {
    this.log.push('close');
  }
}

/** 0x42 first, then one more with every message. */
export function xor(bytes: Buffer, message: number): Buffer {
  return Buffer.from(bytes.map((byte) => byte ^ (0x42 + message)));
}

class ToyPieces implements PieceCoder {
  readonly #options: ToyOptions;
  #ready: Buffer[] = [];
  #held: Buffer[] = [];
  #message = 0;
  #busy = false;
  /** What `read` does instead, once. */
  failure: unknown;

  constructor(options: ToyOptions) {
    this.#options = options;
  }

  write(bytes: Buffer, last: boolean): void {
    if (this.#busy) throw new Error('the coder was called while it worked');
    if (this.#ready.length > 0) throw new Error('the coder was written to before it was read');
    this.#held.push(xor(bytes, this.#message));
    if (last) this.#message++;
    if (last || this.#options.holds !== true) this.#ready = cut(Buffer.concat(this.#held.splice(0)), this.#options);
  }

  read(): Buffer | undefined | Promise<Buffer | undefined> {
    if (this.#busy) throw new Error('the coder was called while it worked');
    if (this.#options.later !== true) return this.#next();
    this.#busy = true;
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#busy = false;
        try {
          resolve(this.#next());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  #next(): Buffer | undefined {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure as Error;
    return this.#ready.shift();
  }
}

function cut(bytes: Buffer, { pieceBytes = 16 * 1024 }: ToyOptions): Buffer[] {
  const count = Math.ceil(bytes.length / pieceBytes);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes));
}

export function undecodable(): ProtocolError {
  return new ProtocolError('ERR_SOKKER_INVALID_UTF8', { ...VIOLATIONS.ERR_SOKKER_INVALID_UTF8, text: 'undecodable' });
}
