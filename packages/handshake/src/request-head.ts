import { HandshakeError, printable, UsageError, violation } from './errors.js';
import { bufferOf, HeadReader } from './head-reader.js';
import type { RequestHead } from './message-head.js';
import { isToken } from './octets.js';
import { checkOptions, HEAD_OPTIONS } from './options.js';
import { UpgradePolicy, type HeadOptions } from './upgrade-policy.js';

interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
}

/**
 * Reads the head of the one request of a connection, strictly and within bounds.
 *
 *   const request = reader.read(chunk);   // until it answers one; then reader.rest are the bytes after the head
 */
export class RequestHeadReader {
  readonly #reader: HeadReader<RequestLine>;
  #state: 'reading' | 'done' | HandshakeError = 'reading';

  /**
   * @param options a policy was checked when it was made
   * @throws UsageError `ERR_SOKKER_OPTION`
   */
  constructor(options: HeadOptions | UpgradePolicy = {}) {
    if (!(options instanceof UpgradePolicy)) checkOptions('RequestHeadReader', HEAD_OPTIONS, options);
    const { maxHeadBytes = HEAD_OPTIONS.maxHeadBytes.default, maxHeaders = HEAD_OPTIONS.maxHeaders.default } = options;
    this.#reader = new HeadReader('server', parseRequestLine, { maxHeadBytes, maxHeaders });
  }

  /** What followed the head in the chunk that ended it, as a view of that chunk; empty before. */
  get rest(): Buffer {
    return this.#reader.rest ?? EMPTY;
  }

  /**
   * @param chunk not kept, save as `rest`.
   * @returns the request once its head is whole, undefined before
   * @throws HandshakeError, the same one for every later chunk · UsageError `ERR_SOKKER_ARGUMENT` after the head
   */
  read(chunk: Uint8Array): RequestHead | undefined {
    if (this.#state instanceof HandshakeError) throw this.#state;
    if (this.#state === 'done') throw new UsageError('ERR_SOKKER_ARGUMENT', 'the head has been read');
    try {
      const head = this.#reader.read(bufferOf(chunk));
      if (head === undefined) return undefined;
      this.#state = 'done';
      const { method, target, httpVersion } = head.line;
      return { method, target, httpVersion, rawHeaders: head.rawHeaders };
    } catch (error) {
      if (error instanceof HandshakeError) this.#state = error;
      throw error;
    }
  }

  /**
   * The stream ended.
   * @throws HandshakeError `ERR_SOKKER_HEAD_TRUNCATED` where the head is not whole
   */
  end(): void {
    if (this.#state === 'reading') throw violation('ERR_SOKKER_HEAD_TRUNCATED');
  }
}

const EMPTY = Buffer.alloc(0);
const VERSION_START = 'HTTP/';
/** HTTP/1.1 */
const VERSION_LENGTH = 8;

/**
 * request-line = method SP request-target SP HTTP-version, RFC 9112 §3; nothing but a single SP between them. The
 * target is judged later, by `examine`.
 */
function parseRequestLine(line: string): RequestLine {
  const methodEnd = line.indexOf(' ');
  const targetEnd = line.lastIndexOf(' ');
  const method = line.slice(0, methodEnd);
  const target = line.slice(methodEnd + 1, targetEnd);
  const version = line.slice(targetEnd + 1);
  if (!isToken(method) || target === '' || target.includes(' ') || !isVersion(version)) {
    throw violation('ERR_SOKKER_START_LINE');
  }
  if (version !== 'HTTP/1.1') throw violation('ERR_SOKKER_HTTP_VERSION', { detail: printable(version) });
  return { method, target, httpVersion: '1.1' };
}

/** HTTP-version, RFC 9112 §2.3: the name in capitals, a digit on either side of the dot. */
export function isVersion(text: string): boolean {
  const isDigit = (index: number): boolean => text.charCodeAt(index) >= 0x30 && text.charCodeAt(index) <= 0x39;
  return (
    text.length === VERSION_LENGTH && text.startsWith(VERSION_START) && isDigit(5) && text[6] === '.' && isDigit(7)
  );
}
