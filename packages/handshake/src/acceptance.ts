import { acceptKey } from './accept-key.js';
import { formatExtension } from './extension-header.js';
import { lowerCased, type ResponseHead } from './message-head.js';
import {
  agreeExtensions,
  checkExtensions,
  type AdmitExtension,
  type AgreedExtension,
  type Extension,
} from './negotiation.js';
import { ACCEPT_OPTIONS, checkOptions, optionError } from './options.js';
import { checkedHeaders, RESPONSE_HEADERS, type HeadersInput } from './output-headers.js';
import { statusText } from './status-text.js';
import type { UpgradeOffer } from './upgrade-offer.js';

/** The answer that opens the WebSocket: 101, or 200 over HTTP/2 and later. */
export interface Acceptance<Session = unknown> extends ResponseHead {
  readonly type: 'acceptance';
  readonly subprotocol: string | undefined;
  /** In the order of the response, which is that of their work on a message to be sent (RFC 6455 §9.1). */
  readonly extensions: readonly AgreedExtension<Session>[];
}

/** An application's yes. */
export interface AcceptOptions<Session = unknown> {
  /** One that the client offered; default: none. */
  readonly subprotocol?: string | undefined;
  /** Extensions to negotiate; default: none. */
  readonly extensions?: readonly Extension<Session>[] | undefined;
  /** Asked for each extension that agreed; default: all are admitted. */
  readonly admit?: AdmitExtension<Session> | undefined;
  /** More headers, such as Set-Cookie. Those of the handshake itself are refused. */
  readonly headers?: HeadersInput | undefined;
}

/**
 * The server's second step: the response that accepts an offer (RFC 6455 §4.2.2). Nothing is sent here, so whatever it
 * throws leaves nothing on the wire.
 * @throws UsageError `ERR_SOKKER_OPTION` for a subprotocol that was not offered or a header that may not be sent;
 *   `ERR_SOKKER_ARGUMENT` for an extension that answers in no tokens
 */
export function accept<Session = unknown>(
  offer: UpgradeOffer,
  options: AcceptOptions<Session> = {},
): Acceptance<Session> {
  checkOptions('accept', ACCEPT_OPTIONS, options);
  const { subprotocol, extensions = [], admit } = options;
  if (subprotocol !== undefined && !offer.subprotocols.includes(subprotocol)) {
    throw optionError('accept: subprotocol', 'must be one that the client offered');
  }
  checkExtensions('accept', extensions);
  const added = checkedHeaders(options.headers, RESPONSE_HEADERS);
  const agreed = agreeExtensions(offer.extensions, extensions, admit);
  const headers = offer.key === undefined ? [] : switchingHeaders(offer.key);
  if (subprotocol !== undefined) headers.push('Sec-WebSocket-Protocol', subprotocol);
  if (agreed.length > 0) {
    const value = agreed.map(({ name, parameters }) => formatExtension(name, parameters)).join(', ');
    headers.push('Sec-WebSocket-Extensions', value);
  }
  headers.push(...added);
  const { httpVersion, status, reason, rawHeaders } = answerHead(offer, headers);
  return { type: 'acceptance', httpVersion, status, reason, rawHeaders, subprotocol, extensions: agreed };
}

function switchingHeaders(key: string): string[] {
  return ['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', acceptKey(key)];
}

/** RFC 8441 §5: over HTTP/2 a 2xx opens the WebSocket, and names are in lower case (RFC 9113 §8.2.1). */
function answerHead({ key, httpVersion }: UpgradeOffer, headers: readonly string[]): ResponseHead {
  const status = key === undefined ? 200 : 101;
  const rawHeaders = key === undefined ? lowerCased(headers) : headers;
  return { httpVersion, status, reason: statusText(status), rawHeaders };
}
