import type { HeaderFields } from '@sokker/handshake';

const [LF, SEMICOLON] = [0x0a, 0x3b];
/** More digits than this are no chunk that anybody waits for. */
const MAX_SIZE_LINE_BYTES = 64;

/**
 * The body of a refusal out of the bytes behind its head (RFC 9112 §6): chunked, counted, or up to the end of the
 * stream. It is read for a log or a message, so what is malformed ends it and is no error.
 */
export class BodyDecoder {
  #mode: 'chunk size' | 'chunk' | 'counted' | 'open' | 'done';
  /** Bytes left of the chunk, its line end included, or of the counted body. */
  #left = 0;
  #line = '';

  constructor(status: number, headers: HeaderFields) {
    const codings = headers.get('transfer-encoding')?.toLowerCase().split(',') ?? [];
    // Members of a list may be empty (RFC 9110 §5.6.1).
    const coding = codings
      .map((each) => each.trim())
      .filter((each) => each !== '')
      .at(-1);
    const length = headers.only('content-length');
    if (status === 204 || status === 304) this.#mode = 'done';
    else if (coding === 'chunked') this.#mode = 'chunk size';
    else if (length === undefined) this.#mode = 'open';
    else {
      this.#left = Number(length);
      this.#mode = this.#left > 0 ? 'counted' : 'done';
    }
  }

  /** Whether the body is whole, so that nothing more needs to be read. */
  get done(): boolean {
    return this.#mode === 'done';
  }

  /** The parts of the body that these bytes hold, as views of them. */
  *decode(bytes: Buffer): Iterable<Buffer> {
    let at = 0;
    while (at < bytes.length && this.#mode !== 'done') {
      if (this.#mode === 'chunk size') {
        this.#readSize(String.fromCharCode(bytes[at++] ?? 0));
        continue;
      }
      const end = this.#mode === 'open' ? bytes.length : Math.min(bytes.length, at + this.#left);
      yield this.#take(bytes.subarray(at, end));
      at = end;
    }
  }

  #take(part: Buffer): Buffer {
    if (this.#mode === 'open') return part;
    this.#left -= part.length;
    if (this.#mode === 'counted') {
      if (this.#left === 0) this.#mode = 'done';
      return part;
    }
    if (this.#left === 0) this.#mode = 'chunk size';
    // The last two bytes of a chunk are its CR LF.
    return part.subarray(0, Math.max(0, part.length - Math.max(0, 2 - this.#left)));
  }

  #readSize(character: string): void {
    if (character.charCodeAt(0) !== LF) {
      this.#line += character;
      if (this.#line.length > MAX_SIZE_LINE_BYTES) this.#mode = 'done';
      return;
    }
    const size = Number.parseInt(this.#line.split(String.fromCharCode(SEMICOLON))[0] ?? '', 16);
    this.#line = '';
    this.#left = size + 2;
    this.#mode = size > 0 ? 'chunk' : 'done';
  }
}
