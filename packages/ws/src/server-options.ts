import type { OptionTable } from '@sokker/frame';
import type { ServerOptions as SokkerOptions } from '@sokker/server';
import type { IncomingMessage, OutgoingHttpHeaders, Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { isFunction, isObject, isText, option, SHARED_OPTIONS } from './shared-options.js';
import type { SharedOptions, SharedSettings } from './shared-options.js';
import type { WebSocket } from './websocket.js';

/** What `verifyClient` is asked about. */
export interface VerifyClientInfo {
  /** The Origin of the request; undefined where it has none. */
  readonly origin: string;
  /** Whether it came over TLS of this server. */
  readonly secure: boolean;
  readonly req: IncomingMessage;
}

/** Whether a client is let in. */
export type VerifyClientCallbackSync = (info: VerifyClientInfo) => boolean;
export type VerifyClientCallbackAsync = (
  info: VerifyClientInfo,
  callback: (result: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => void,
) => void;

/** Exactly one of `port`, `server` and `noServer` is given. */
export interface WebSocketServerOptions<Socket extends typeof WebSocket = typeof WebSocket> extends SharedOptions {
  /** Listens on a port of its own: 0 to 65535. */
  port?: number | undefined;
  /** The address to listen on; default: every one of this machine. */
  host?: string | undefined;
  /** Most connections that wait to be accepted; default 511. */
  backlog?: number | undefined;
  /** Answers the upgrade requests of this server, which stays the caller's to close. */
  server?: HttpServer | HttpsServer | undefined;
  /** Whether all requests come by `handleUpgrade`; default false. */
  noServer?: boolean | undefined;
  /** The one path that is answered; default: every one. */
  path?: string | undefined;
  /** Whether `clients` is kept; default true. */
  clientTracking?: boolean | undefined;
  /** Decides who is let in; others get 401, or what the callback says. */
  verifyClient?: VerifyClientCallbackSync | VerifyClientCallbackAsync | undefined;
  /** Chooses a subprotocol, or none; default: the first that the client offers. */
  handleProtocols?: ((protocols: Set<string>, request: IncomingMessage) => string | false) | undefined;
  /** What clients are made of; default `WebSocket`. */
  WebSocket?: Socket | undefined;
  /** Options of the SokkerServer beneath, for what `ws` has no word on: origins, limits, heartbeats. */
  sokker?: Omit<SokkerOptions, 'upgrade' | 'receive' | 'subprotocols' | 'requireSubprotocol'> | undefined;
}

export interface ServerSettings extends SharedSettings {
  readonly port?: number | string;
  readonly host?: string;
  readonly backlog?: number;
  readonly server?: HttpServer | HttpsServer;
  readonly path?: string;
  readonly noServer: boolean;
  readonly clientTracking: boolean;
  readonly verifyClient?: VerifyClientCallbackAsync;
  readonly handleProtocols?: (protocols: Set<string>, request: IncomingMessage) => string | false;
  readonly WebSocket?: new (address: null, protocols?: undefined, options?: never) => WebSocket;
  readonly sokker?: SokkerOptions;
}

const isPort = (value: unknown): boolean =>
  Number.isInteger(Number(value)) && Number(value) >= 0 && Number(value) < 65536;

export const WEB_SOCKET_SERVER_OPTIONS = {
  ...SHARED_OPTIONS,
  port: option('none', 'an integer from 0 to 65535', isPort, 'Listens on a port of its own.'),
  host: option('every address of this machine', 'a string', isText, 'The address to listen on.'),
  backlog: option('511', 'an integer', Number.isInteger, 'Most connections that wait to be accepted.'),
  server: option('none', 'an http.Server', isObject, 'Answers the upgrade requests of this server.'),
  noServer: { kind: 'flag', default: false, text: 'Whether all requests come by `handleUpgrade`.' },
  path: option('every path', 'a string', isText, 'The one path that is answered.'),
  clientTracking: { kind: 'flag', default: true, text: 'Whether `clients` is kept.' },
  verifyClient: option('everyone is let in', 'a function', isFunction, 'Decides who is let in.'),
  handleProtocols: option('the first that is offered', 'a function', isFunction, 'Chooses a subprotocol, or none.'),
  WebSocket: option('`WebSocket`', 'a class that extends WebSocket', isFunction, 'What clients are made of.'),
  sokker: option('none', 'an object', isObject, 'Options of the SokkerServer beneath.'),
} as const satisfies OptionTable;
