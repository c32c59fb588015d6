import type { ExtensionEntry } from './extension-header.js';
import type { HeaderFields } from './header-fields.js';

/** A request for a WebSocket that breaks no rule: what the client offers, for the application to decide on. */
export interface UpgradeOffer {
  readonly type: 'offer';
  readonly httpVersion: string;
  /** As it was sent, not decoded; begins with `/`. */
  readonly path: string;
  /** What follows `?`, not decoded; empty where there is none. */
  readonly query: string;
  /** Host that was asked for, in lower case, without port. */
  readonly host: string;
  /** Undefined where the request names none: the default of the scheme. */
  readonly port: number | undefined;
  /** Known of our own TLS or from a trusted proxy's word, otherwise undefined. */
  readonly scheme: 'http' | 'https' | undefined;
  /** In lower case (RFC 6455 §4.2.2); null without the header. */
  readonly origin: string | null;
  /** Most wanted first. */
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ExtensionEntry[];
  /** `Sec-WebSocket-Key`; undefined over HTTP/2 and later, which have none (RFC 8441 §5). */
  readonly key: string | undefined;
  /** Every header of the request. */
  readonly headers: HeaderFields;
}
