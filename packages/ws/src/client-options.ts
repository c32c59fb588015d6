import {
  readOptions,
  UsageError,
  type FlagOption,
  type NumberOption,
  type OptionTable,
  type ValueOption,
} from '@sokker/frame';
import { MAX_TIMER_MS } from '@sokker/connection';
import type { ClientRequest, OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { PerMessageDeflateOptions } from './deflate-options.js';
import type { WebSocket } from './websocket.js';

/** What both ends take, under the names of `ws`. */
export interface SharedOptions {
  /** Largest message that is received: bytes, 0 to 2⁵³−1, default 100 MiB; 0 disables. */
  maxPayload?: number | undefined;
  /** Most frames that one message may come in: 0 to 2⁵³−1, default 0: no limit, their count costs nothing. */
  maxFragments?: number | undefined;
  /** Compression; by default a client offers it, and a server takes none. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** How long the closing handshake may stand still: ms, 1 to 2³¹−1, default 30 000. */
  closeTimeout?: number | undefined;
  /** Has no effect: text is always checked, as its bytes come. */
  skipUTF8Validation?: boolean | undefined;
  /** Has no effect: several messages may come in one turn of the event loop. */
  allowSynchronousEvents?: boolean | undefined;
  /** Only true: Pings are always answered (RFC 6455 §5.5.2). */
  autoPong?: boolean | undefined;
}

/** Those of node:http and node:tls go to them. */
export interface WebSocketClientOptions extends SharedOptions, Omit<RequestOptions, 'protocol' | 'headers'> {
  /** More headers. */
  headers?: OutgoingHttpHeaders | undefined;
  /** The origin to name; default: none. */
  origin?: string | undefined;
  /** How long the opening handshake may take: ms, 1 to 2³¹−1, default 30 000. */
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

export interface SharedSettings {
  readonly maxPayload: number;
  readonly maxFragments: number;
  readonly closeTimeout: number;
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions;
}

const MIB = 1024 * 1024;

const flag = (fallback: boolean, text: string): FlagOption => ({ kind: 'flag', default: fallback, text });
const ms = (text: string): NumberOption => ({
  kind: 'number',
  default: 30_000,
  unit: 'ms',
  min: 1,
  max: MAX_TIMER_MS,
  infinity: false,
  text,
});
const count = (fallback: number, unit: string, text: string): NumberOption => ({
  kind: 'number',
  default: fallback,
  unit,
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  infinity: false,
  text,
});
const only = (value: unknown, text: string): ValueOption => ({
  kind: 'value',
  default: String(value),
  expected: String(value),
  accepts: (given) => given === value,
  text,
});

export const SHARED_OPTIONS = {
  maxPayload: count(100 * MIB, 'bytes', 'Largest message that is received; 0: any.'),
  maxFragments: count(
    0,
    'frames',
    'Most frames that one message may come in; 0: any number, for their count costs nothing.',
  ),
  perMessageDeflate: {
    kind: 'value',
    default: 'false for a server, true for a client',
    expected: 'true, false or an object',
    accepts: (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
    text: 'Compression. No context is kept between messages unless `serverNoContextTakeover` or `clientNoContextTakeover` is false.',
  },
  closeTimeout: ms('How long the closing handshake may stand still.'),
  skipUTF8Validation: flag(false, 'Has no effect: text is always checked.'),
  allowSynchronousEvents: flag(true, 'Has no effect: several messages may come in one turn of the event loop.'),
  autoPong: only(true, 'Pings are always answered.'),
} as const satisfies OptionTable;

export const WEB_SOCKET_CLIENT_OPTIONS = {
  ...SHARED_OPTIONS,
  headers: {
    kind: 'value',
    default: 'none',
    expected: 'an object of names and values',
    accepts: (value) => typeof value === 'object' && value !== null,
    text: 'More headers.',
  },
  origin: {
    kind: 'value',
    default: 'none',
    expected: 'a string',
    accepts: (value) => typeof value === 'string',
    text: 'The origin to name.',
  },
  handshakeTimeout: ms('How long the opening handshake may take.'),
  followRedirects: flag(false, 'Whether redirects are followed. Never from `wss:` to `ws:`.'),
  maxRedirects: count(10, 'redirects', 'How many redirects are followed.'),
  protocolVersion: only(13, 'The version of the protocol (RFC 6455 §4.1).'),
  finishRequest: {
    kind: 'value',
    default: 'the request is ended',
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    text: 'Ends the request, once it has its last headers.',
  },
} as const satisfies OptionTable;

/** Options of a table, settled; those of others are passed over here. @throws UsageError `ERR_SOKKER_OPTION` */
export function settle<Settled>(owner: string, table: OptionTable, given: object): Settled {
  if (Object.hasOwn(given, 'generateMask')) {
    throw new UsageError('ERR_SOKKER_OPTION', `${owner}: generateMask is not offered: masks must not be foreseen`);
  }
  const ours = Object.entries(given).filter(([name]) => Object.hasOwn(table, name));
  return readOptions<Settled>(owner, table, Object.fromEntries(ours));
}

/** What a bound of `ws` is here, where 0 is none. */
export function bound(value: number): number {
  return value === 0 ? Infinity : value;
}
