import { HandshakeError, UsageError, violation } from './errors.js';
import { bufferOf, HeadReader } from './head-reader.js';
import type { HeaderLimits } from './header-fields.js';
import type { ResponseHead } from './message-head.js';
import { DIGIT, isAll } from './octets.js';
import { checkOptions, HEAD_OPTIONS } from './options.js';
import { isVersion } from './request-head.js';
import type { HeadOptions } from './upgrade-policy.js';

interface StatusLine {
  readonly httpVersion: string;
  readonly status: number;
  readonly reason: string;
}

/** Most interim responses that are passed over before the final one. */
const MAX_INTERIM_RESPONSES = 16;
const SWITCHING = 101;

/**
 * Reads the head of the response to our request, strictly and within bounds. Interim responses (1xx but 101) are passed
 * over, at most 16, each within the bounds.
 */
export class ResponseHeadReader {
  readonly #limits: HeaderLimits;
  #reader: HeadReader<StatusLine>;
  #interim = 0;
  #state: 'reading' | 'done' | HandshakeError = 'reading';

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: HeadOptions = {}) {
    checkOptions('ResponseHeadReader', HEAD_OPTIONS, options);
    const { maxHeadBytes = HEAD_OPTIONS.maxHeadBytes.default, maxHeaders = HEAD_OPTIONS.maxHeaders.default } = options;
    this.#limits = { maxHeadBytes, maxHeaders };
    this.#reader = this.#nextReader();
  }

  /** What followed the head in the chunk that ended it, as a view of that chunk; empty before. */
  get rest(): Buffer {
    return this.#state === 'done' ? (this.#reader.rest ?? EMPTY) : EMPTY;
  }

  /**
   * @param chunk not kept, save as `rest`.
   * @returns the final response once its head is whole, undefined before
   * @throws HandshakeError, the same one for every later chunk · UsageError `ERR_SOKKER_ARGUMENT` after the head
   */
  read(chunk: Uint8Array): ResponseHead | undefined {
    if (this.#state instanceof HandshakeError) throw this.#state;
    if (this.#state === 'done') throw new UsageError('ERR_SOKKER_ARGUMENT', 'the head has been read');
    try {
      return this.#readFinal(bufferOf(chunk));
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
    if (this.#state === 'reading') throw violation('ERR_SOKKER_HEAD_TRUNCATED', { role: 'client' });
  }

  #readFinal(chunk: Buffer): ResponseHead | undefined {
    let bytes = chunk;
    for (;;) {
      const head = this.#reader.read(bytes);
      if (head === undefined) return undefined;
      const { line, rawHeaders } = head;
      if (line.status >= 200 || line.status === SWITCHING) {
        this.#state = 'done';
        return { ...line, rawHeaders };
      }
      if (++this.#interim > MAX_INTERIM_RESPONSES) throw violation('ERR_SOKKER_TOO_MANY_INTERIM', { role: 'client' });
      bytes = this.#reader.rest ?? EMPTY;
      this.#reader = this.#nextReader();
    }
  }

  #nextReader(): HeadReader<StatusLine> {
    return new HeadReader('client', parseStatusLine, this.#limits);
  }
}

const EMPTY = Buffer.alloc(0);
/** "HTTP/1.1 101" */
const STATUS_END = 12;

/**
 * status-line = HTTP-version SP status-code SP [ reason-phrase ], RFC 9112 §4. Laxer: without a reason the second space
 * may be missing, as some servers have it. Of the versions 1.0 passes, so that its refusals can be told.
 */
function parseStatusLine(line: string): StatusLine {
  const version = line.slice(0, 8);
  const digits = line.slice(9, STATUS_END);
  const isSpaced = line[8] === ' ' && (line.length === STATUS_END || line[STATUS_END] === ' ');
  const status = Number(digits);
  if (!isVersion(version) || !isSpaced || !isAll(DIGIT, digits) || status < 100) {
    throw violation('ERR_SOKKER_STATUS_LINE', { role: 'client' });
  }
  if (!version.startsWith('HTTP/1.')) throw violation('ERR_SOKKER_HTTP_VERSION', { role: 'client' });
  return { httpVersion: version.slice('HTTP/'.length), status, reason: line.slice(STATUS_END + 1) };
}
