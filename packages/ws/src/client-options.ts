import type { OptionTable } from '@sokker/frame';
import type { ClientRequest, OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { count, flag, isFunction, isObject, isText, only, option, SHARED_OPTIONS } from './shared-options.js';
import type { SharedOptions, SharedSettings } from './shared-options.js';
import type { WebSocket } from './websocket.js';

/** Those of node:http and node:tls go to them. */
export interface WebSocketClientOptions extends SharedOptions, Omit<RequestOptions, 'protocol' | 'headers'> {
  /** More headers. */
  headers?: OutgoingHttpHeaders | undefined;
  /** The origin to name; default: none. */
  origin?: string | undefined;
  /** How long the opening handshake may take: ms, 0 to 2³¹−1, default 30 000; 0: without end. */
  handshakeTimeout?: number | undefined;
  /** Whether redirects are followed; default false. Never from `wss:` to `ws:`. */
  followRedirects?: boolean | undefined;
  /** How many: 0 to 2⁵³−1, default 10. */
  maxRedirects?: number | undefined;
  /** Only 13. */
  protocolVersion?: number | undefined;
  /** Ends the request, once it has its last headers. */
  finishRequest?: ((request: ClientRequest, websocket: WebSocket) => void) | undefined;
}

/** Those of ours, settled. */
export interface ClientSettings extends SharedSettings {
  readonly handshakeTimeout: number;
  readonly followRedirects: boolean;
  readonly maxRedirects: number;
  readonly origin?: string;
  readonly finishRequest?: (request: ClientRequest, websocket: WebSocket) => void;
}

export const WEB_SOCKET_CLIENT_OPTIONS = {
  ...SHARED_OPTIONS,
  headers: option('none', 'an object of names and values', isObject, 'More headers.'),
  origin: option('none', 'a string', isText, 'The origin to name.'),
  handshakeTimeout: count(30_000, 'ms', 'How long the opening handshake may take; 0: without end.'),
  followRedirects: flag(false, 'Whether redirects are followed. Never from `wss:` to `ws:`.'),
  maxRedirects: count(10, 'redirects', 'How many redirects are followed.'),
  protocolVersion: only(13, 'The version of the protocol (RFC 6455 §4.1).'),
  finishRequest: option(
    'the request is ended',
    'a function',
    isFunction,
    'Ends the request, once it has its last headers.',
  ),
} as const satisfies OptionTable;
