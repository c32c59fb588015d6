import { refuse, type HeadersInput, type Refusal, type UpgradeOffer } from '@sokker/handshake';
import type { IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { readOptions, UsageError } from '@sokker/frame';
import { isHttp2Stream } from './http2-stream.js';
import { ADMISSION_OPTIONS, REJECT_OPTIONS } from './options.js';

/** A request for a WebSocket that breaks no rule. What stands in it is the peer's word. */
export interface ServerRequest extends UpgradeOffer {
  /** Address of the client; undefined on a unix socket, or where the peer is gone already. */
  readonly remoteAddress: string | undefined;
  /** Of node:http, where the request came through `attach` or `handleUpgrade`; not over HTTP/2. */
  readonly incoming: IncomingMessage | undefined;
  /** Of node:http2, where it came over HTTP/2: to look at its `session`, and not to be written to. */
  readonly stream: ServerHttp2Stream | undefined;
}

/**
 * Field by field: an object that was spread and added to has a hidden class of its own, and to make that, and to read
 * what has it, took a fifth of a handshake (packages/bench, row "a connection opened and closed").
 */
export function serverRequest(
  offer: UpgradeOffer,
  remoteAddress: string | undefined,
  incoming: IncomingMessage | undefined,
  duplex: Duplex,
): ServerRequest {
  return {
    type: offer.type,
    httpVersion: offer.httpVersion,
    path: offer.path,
    query: offer.query,
    host: offer.host,
    port: offer.port,
    scheme: offer.scheme,
    origin: offer.origin,
    subprotocols: offer.subprotocols,
    extensions: offer.extensions,
    key: offer.key,
    headers: offer.headers,
    remoteAddress,
    incoming,
    stream: isHttp2Stream(duplex) ? duplex : undefined,
  };
}

/** An application's yes to a request. */
export interface Admission<Context> {
  /** One that the client offered; default: the first offered that the `subprotocols` option has. */
  readonly protocol?: string | undefined;
  /** More headers for the 101, such as Set-Cookie. */
  readonly headers?: HeadersInput | undefined;
  /** Becomes `connection.context`. */
  readonly context?: Context | undefined;
}

/** An application's no to a request; thrown by `reject`. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.error.message);
    this.refusal = refusal;
  }
}

/** What may go with a rejection. */
export interface RejectOptions {
  /** Such as Location, Retry-After, WWW-Authenticate; default: none. */
  readonly headers?: HeadersInput | undefined;
  /** A string is sent as text/plain in UTF-8, unless `headers` has a Content-Type; default: empty. */
  readonly body?: string | Uint8Array | undefined;
}

/**
 * Refuses a request: `return reject(401, { body: 'log in first' })`. It throws, so that who forgets the `return` lets
 * nobody in; what catches errors of your own in `upgrade` must let a Rejection pass, or return it.
 * @param status 300 to 599
 * @throws Rejection, always; UsageError `ERR_SOKKER_OPTION` for a status, header or body that may not be sent
 */
export function reject(status: number, options: RejectOptions = {}): never {
  const { headers, body } = readOptions<RejectOptions>('reject', REJECT_OPTIONS, options);
  throw new Rejection(refuse({ status, ...(headers && { headers }), ...(body !== undefined && { body }) }));
}

export type UpgradeAnswer<Context> = Admission<Context> | Rejection | undefined;

/**
 * Decides on a request; undefined admits it.
 * @param signal aborts when nobody waits for the answer any more: the connection was reset, `handshakeTimeoutMs` is over,
 *   or the server closes or drains. Not when the peer has merely ended its side, as a page does that is left: it may still
 *   read the answer, and what it sent before is not read until then. Once the answer is there it aborts too
 */
export type UpgradeFunction<Context> = (
  request: ServerRequest,
  signal: AbortSignal,
) => UpgradeAnswer<Context> | Promise<UpgradeAnswer<Context>>;

/**
 * @throws UsageError for what is no answer. null is none: it may well mean that nobody was found; nor is an Error, or the
 *   Response of a framework, which says no in words of its own
 */
export function admissionFrom<Context>(answer: unknown): Admission<Context> {
  if (answer !== undefined && !isPlain(answer)) {
    throw new UsageError('ERR_SOKKER_ARGUMENT', 'upgrade must answer a plain object, reject(…) or undefined');
  }
  return readOptions('the answer of upgrade', ADMISSION_OPTIONS, answer);
}

/** Whether it is an object of no class, of this realm or another. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Why the signal of an upgrade function aborts. One for all: to make one, with where in our code that was, took a twentieth
 * of a connection opened and closed (packages/bench, row "drop-in").
 */
export const OVER = new DOMException('nobody waits for the answer any more', 'AbortError');

/**
 * Whether an upgrade function was told that nobody waits any more, and says no more than that: by the signal's reason, or
 * by the AbortError that functions of Node.js make of it.
 */
export function heeds(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted !== true) return false;
  return error === signal.reason || (error as { readonly name?: unknown } | undefined)?.name === 'AbortError';
}
