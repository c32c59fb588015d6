import { HandshakeError, UsageError, violation, type Role } from './errors.js';
import { HeadScanner } from './head-scanner.js';
import type { HeaderLimits } from './header-fields.js';

/** Reads the first line, without its CR LF; called as soon as that is there. Throws a HandshakeError. */
export type FirstLineParser<Line> = (line: string) => Line;

export interface ReadHead<Line> {
  readonly line: Line;
  readonly rawHeaders: string[];
}

const EMPTY = Buffer.alloc(0);
/** A dribbled head starts small: ten thousand of them must not cost what ten thousand whole ones may. */
const FIRST_HELD_BYTES = 64;

/**
 * One head out of chunks of any size. A head that comes whole is read where it lies; one that does not is gathered in
 * a buffer that doubles, up to the bound, so that no chunk is kept and each byte is copied a bounded number of times.
 */
export class HeadReader<Line> {
  readonly #role: Role;
  readonly #maxHeadBytes: number;
  readonly #scanner: HeadScanner;
  #line: Line | undefined;
  #held: Buffer = EMPTY;
  #heldBytes = 0;
  #rest: Buffer | undefined;

  constructor(role: Role, parse: FirstLineParser<Line>, { maxHeadBytes, maxHeaders }: HeaderLimits) {
    this.#role = role;
    this.#maxHeadBytes = maxHeadBytes;
    this.#scanner = new HeadScanner(role, maxHeaders, (bytes, from, to) => {
      this.#line = parse(bufferOf(bytes).toString('latin1', from, to));
    });
  }

  /** What followed the head, as a view of the chunk that ended it; undefined until then. */
  get rest(): Buffer | undefined {
    return this.#rest;
  }

  /**
   * @param chunk read before the call returns, and not kept; a view of it becomes `rest`.
   * @throws HandshakeError
   */
  read(chunk: Buffer): ReadHead<Line> | undefined {
    const from = this.#heldBytes;
    const to = from + Math.min(chunk.length, this.#maxHeadBytes - from);
    const bytes = from === 0 ? chunk : this.#hold(chunk, to);
    const end = this.#scanner.scan(bytes, from, to);
    if (end === -1) {
      if (to === this.#maxHeadBytes) throw this.#tooLong();
      if (from === 0) this.#hold(chunk, to);
      return undefined;
    }
    // An empty view would still keep the whole chunk alive.
    this.#rest = end - from === chunk.length ? EMPTY : chunk.subarray(end - from);
    this.#held = EMPTY;
    return { line: this.#line as Line, rawHeaders: this.#rawHeaders(bytes) };
  }

  #hold(chunk: Buffer, to: number): Buffer {
    if (to > this.#held.length) {
      const grown = Buffer.alloc(Math.min(Math.max(2 * to, FIRST_HELD_BYTES), Math.max(this.#maxHeadBytes, to)));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    chunk.copy(this.#held, this.#heldBytes, 0, to - this.#heldBytes);
    this.#heldBytes = to;
    return this.#held;
  }

  #rawHeaders(bytes: Buffer): string[] {
    const { marks } = this.#scanner;
    const rawHeaders: string[] = [];
    // Strings of their own, not slices of one: a header that someone keeps must not keep the head.
    for (let index = 0; index < marks.length; index += 2) {
      rawHeaders.push(bytes.toString('latin1', marks[index], marks[index + 1]));
    }
    return rawHeaders;
  }

  /** RFC 9112 §3 has a status of its own for a target that is too long. */
  #tooLong(): HandshakeError {
    const inTarget = this.#scanner.isInFirstLine && this.#role === 'server';
    const code = inTarget ? 'ERR_SOKKER_TARGET_TOO_LONG' : 'ERR_SOKKER_HEAD_TOO_BIG';
    return violation(code, { role: this.#role, detail: `over ${this.#maxHeadBytes} bytes` });
  }
}

/** Bytes as a Buffer, without a copy. */
export function bufferOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new UsageError('ERR_SOKKER_ARGUMENT', 'a head is read from bytes: the chunk must be a Uint8Array');
}
