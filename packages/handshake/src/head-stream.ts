/* The stream face of the head readers: the head is taken off a Readable, and everything after it stays in there. */
import type { Readable } from 'node:stream';
import { violation, type Role } from './errors.js';
import type { RequestHead, ResponseHead } from './message-head.js';
import { checkOptions, READ_HEAD_OPTIONS } from './options.js';
import { RequestHeadReader } from './request-head.js';
import { ResponseHeadReader } from './response-head.js';
import type { HeadOptions } from './upgrade-policy.js';

export interface ReadHeadOptions extends HeadOptions {
  /** Gives up when it aborts: a deadline is `AbortSignal.timeout(10_000)`. Default: none. */
  readonly signal?: AbortSignal;
}

/**
 * Takes a request's head off a stream of bytes. The stream is left as it was found, neither flowing nor paused, with
 * the bytes after the head in front: pipe it, iterate over it or listen to it. An error of the stream rejects the
 * promise, as `cause`; afterwards it is the caller's again.
 *
 * Rejects with HandshakeError, and `ERR_SOKKER_HEAD_TIMEOUT` (408) where the signal aborts.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function readRequestHead(stream: Readable, options: ReadHeadOptions = {}): Promise<RequestHead> {
  checkOptions('readRequestHead', READ_HEAD_OPTIONS, options);
  const { signal, ...bounds } = options;
  return takeHead(stream, new RequestHeadReader(bounds), 'server', signal);
}

/** As `readRequestHead`, for the response to a client's request. */
export function readResponseHead(stream: Readable, options: ReadHeadOptions = {}): Promise<ResponseHead> {
  checkOptions('readResponseHead', READ_HEAD_OPTIONS, options);
  const { signal, ...bounds } = options;
  return takeHead(stream, new ResponseHeadReader(bounds), 'client', signal);
}

interface HeadSource<Head> {
  readonly rest: Buffer;
  read(chunk: Uint8Array): Head | undefined;
}

function takeHead<Head>(
  stream: Readable,
  reader: HeadSource<Head>,
  role: Role,
  signal: AbortSignal | undefined,
): Promise<Head> {
  return new Promise((resolve, reject) => {
    const release = (): void => {
      stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', onError);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: Error): void => {
      release();
      reject(error);
    };
    const onEnd = (): void => fail(violation('ERR_SOKKER_HEAD_TRUNCATED', { role }));
    const onError = (cause: unknown): void => fail(violation('ERR_SOKKER_HEAD_TRUNCATED', { role, cause }));
    const onAbort = (): void => fail(violation('ERR_SOKKER_HEAD_TIMEOUT', { role, cause: signal?.reason }));
    const onReadable = (): void => {
      try {
        const head = readFrom(stream, reader);
        if (head === undefined) return;
        release();
        if (reader.rest.length > 0) stream.unshift(reader.rest);
        resolve(head);
      } catch (error) {
        fail(error as Error);
      }
    };
    if (stream.destroyed || stream.readableEnded) onEnd();
    else if (signal?.aborted === true) onAbort();
    else {
      // 'readable' and not 'data': when its last listener goes, the stream is neither flowing nor paused.
      stream.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', onError);
      signal?.addEventListener('abort', onAbort);
    }
  });
}

function readFrom<Head>(stream: Readable, reader: HeadSource<Head>): Head | undefined {
  for (;;) {
    const chunk = stream.read() as Uint8Array | null;
    if (chunk === null) return undefined;
    const head = reader.read(chunk);
    if (head !== undefined) return head;
  }
}
