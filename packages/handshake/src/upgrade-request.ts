/* The server's first step: is this a request for a WebSocket that breaks no rule (RFC 6455 §4.2.1)? Whoever read it
 * and whatever carried it, it comes as plain values. */
import { parseAuthority, type Authority } from './authority.js';
import { judgeConnect } from './connect-rules.js';
import { HandshakeError, printable, violation } from './errors.js';
import { parseExtensions } from './extension-header.js';
import type { HeaderFields } from './header-fields.js';
import { STREAM_VERSIONS } from './message-head.js';
import { refuse, type Refusal } from './refusal.js';
import { parseSubprotocols } from './subprotocol.js';
import type { UpgradeOffer } from './upgrade-offer.js';
import { UpgradePolicy, type UpgradePolicyOptions } from './upgrade-policy.js';
import { judgeUpgrade } from './upgrade-rules.js';

/** A request, as any parser hands it out: node:http's IncomingMessage, an HTTP/2 stream, our own head reader. */
export interface UpgradeRequest {
  readonly method: string;
  /** As it was sent: `request.url`, or `:path`. */
  readonly target: string;
  /** `'1.1'`, or `'2.0'` with `protocol`. */
  readonly httpVersion: string;
  /** Name, value, name, value …; of HTTP/2 with the pseudo-headers among them, as node:http2 gives them. */
  readonly rawHeaders: readonly string[];
  /** `:protocol` of an extended CONNECT (RFC 8441); undefined for HTTP/1.1. */
  readonly protocol?: string | undefined;
  /** Whether it came over our own TLS. */
  readonly secure?: boolean | undefined;
  /** What a proxy says of the client's request. Hand it in only where the proxy is trusted. */
  readonly forwarded?: Forwarded | undefined;
}

export interface Forwarded {
  /** `X-Forwarded-Proto`: http, https, ws or wss. */
  readonly proto?: string | undefined;
  /** `X-Forwarded-Host` */
  readonly host?: string | undefined;
}

/** What the rules of the request's HTTP version leave to look at. */
export interface JudgedRequest {
  readonly headers: HeaderFields;
  readonly path: string;
  readonly query: string;
  readonly authority: Authority;
  readonly key: string | undefined;
}

/**
 * Judges a request by every rule of the protocol and by the policy's hosts and origins.
 * @returns what the client offers, to answer with `accept` or `refuse`; or the refusal to send
 * @throws UsageError for a wrong policy, and what the policy's own origin function throws
 */
export function examine(
  request: UpgradeRequest,
  policy: UpgradePolicy | UpgradePolicyOptions = {},
): UpgradeOffer | Refusal {
  const settled = UpgradePolicy.from(policy);
  try {
    return offerOf(request, settled);
  } catch (error) {
    // A version that a request over HTTP/1.1 merely claims is not one to answer in.
    const httpVersion = isExtendedConnect(request) ? request.httpVersion : '1.1';
    if (error instanceof HandshakeError) return refuse(error, { method: request.method, httpVersion });
    throw error;
  }
}

function offerOf(request: UpgradeRequest, policy: UpgradePolicy): UpgradeOffer {
  const judged = isExtendedConnect(request) ? judgeConnect(request, policy) : judgeUpgrade(request, policy);
  const { headers, path, query, key } = judged;
  const authority = forwardedHost(request.forwarded) ?? judged.authority;
  if (!policy.serves(authority)) throw violation('ERR_SOKKER_HOST_UNKNOWN', { detail: printable(authority.host) });
  const extensions = headers.all('sec-websocket-extensions');
  const offer: UpgradeOffer = {
    type: 'offer',
    httpVersion: request.httpVersion,
    path,
    query,
    host: authority.host,
    port: authority.port,
    scheme: forwardedScheme(request.forwarded) ?? (request.secure ? 'https' : undefined),
    origin: originOf(headers),
    subprotocols: parseSubprotocols(headers.all('sec-websocket-protocol')),
    extensions: extensions.length === 0 ? [] : parseExtensions(extensions),
    key,
    headers,
  };
  if (!policy.isAllowedOrigin(offer)) throw originRefused(offer);
  return offer;
}

/** A CONNECT over HTTP/2 that lacks `:protocol` is judged as one, to be refused as one. */
function isExtendedConnect({ protocol, method, httpVersion }: UpgradeRequest): boolean {
  return protocol !== undefined || (method === 'CONNECT' && STREAM_VERSIONS.includes(httpVersion));
}

function originOf(headers: HeaderFields): string | null {
  const lines = headers.all('origin');
  if (lines.length > 1) throw violation('ERR_SOKKER_ORIGIN_REPEATED');
  return lines[0]?.toLowerCase() ?? null;
}

function originRefused({ origin, host, port }: UpgradeOffer): HandshakeError {
  const from = origin === null ? 'no Origin' : printable(origin);
  const to = port === undefined ? host : `${host}:${port}`;
  return violation('ERR_SOKKER_ORIGIN', { detail: `${from} at ${printable(to)}; the server's origin option decides` });
}

function forwardedHost(forwarded: Forwarded | undefined): Authority | undefined {
  if (forwarded?.host === undefined) return undefined;
  const authority = parseAuthority(forwarded.host);
  if (authority === undefined) throw violation('ERR_SOKKER_FORWARDED');
  return authority;
}

const SCHEMES: ReadonlyMap<string, 'http' | 'https'> = new Map([
  ['http', 'http'],
  ['ws', 'http'],
  ['https', 'https'],
  ['wss', 'https'],
]);

function forwardedScheme(forwarded: Forwarded | undefined): 'http' | 'https' | undefined {
  if (forwarded?.proto === undefined) return undefined;
  const scheme = SCHEMES.get(forwarded.proto.toLowerCase());
  if (scheme === undefined) throw violation('ERR_SOKKER_FORWARDED');
  return scheme;
}
