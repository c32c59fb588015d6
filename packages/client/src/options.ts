import { ConnectionSettings, LIMIT_OPTIONS, MAX_TIMER_MS, type Clock, type LimitOptions } from '@sokker/connection';
import {
  bytesOption,
  readOptions,
  UsageError,
  type MessageCoder,
  type NumberOption,
  type OptionTable,
  type ValueOption,
} from '@sokker/frame';
import type { Extension, HeaderFields, HeadersInput } from '@sokker/handshake';
import { setMaxListeners } from 'node:events';
import type { Agent } from 'node:http';
import type { ClientHttp2Session } from 'node:http2';
import type { LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions as NodeTlsOptions } from 'node:tls';
import { waitingClock } from './clock.js';
import { FOREIGN_OPTIONS } from './foreign-options.js';
import type { HeartbeatSettings } from './heartbeat.js';

/** What a secure connection is made with, as node:tls takes it. Certificates are verified unless this says otherwise. */
export type TlsOptions = Omit<NodeTlsOptions, 'host' | 'port' | 'path' | 'socket' | 'lookup' | 'timeout'>;

/** Where to connect to. */
export interface DialTarget {
  /** A name, or an address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Whether TLS will be spoken over the stream. */
  readonly secure: boolean;
  /** Aborts when the attempt is given up. */
  readonly signal: AbortSignal;
}

/** A session, or what answers one: asked for each attempt, it had better answer the same one while that lasts. */
export type SessionSource =
  ClientHttp2Session | ((signal: AbortSignal) => ClientHttp2Session | Promise<ClientHttp2Session>);

export interface ConnectOptions<Context = unknown> extends LimitOptions {
  /** Unique tokens, most wanted first; default: none. */
  subprotocols?: readonly string[] | undefined;
  /** Extensions to offer, such as `permessageDeflate()`; a server may agree to one. Default: none. */
  extensions?: readonly Extension<MessageCoder>[] | undefined;
  /** More headers, such as Origin, Cookie, Authorization. Those of the handshake itself are refused. */
  headers?: HeadersInput | undefined;
  /** Hears the headers of the response that opened the WebSocket, before `connect` resolves. */
  onHeaders?: ((headers: HeaderFields) => void) | undefined;
  /** Makes the connection; this is how proxy agents are used. Default: our own sockets. */
  agent?: Agent | undefined;
  /** Makes the stream, over which TLS is then spoken for `wss:`. Default: our own sockets. */
  dial?: ((target: DialTarget) => Duplex | Promise<Duplex>) | undefined;
  /**
   * A session of node:http2 to open the WebSocket in, beside whatever else it does (RFC 8441); or a function that answers
   * one, asked for each attempt. It stays the caller's: it is not closed, and its errors end what is open in it, not the
   * process, from the first attempt on. Whether it leads to the URL's host is not looked at. Default: none.
   */
  session?: SessionSource | undefined;
  /** A Unix socket to connect to; the URL then says Host and path. Default: none. */
  socketPath?: string | undefined;
  /** Finds addresses, in the form of `dns.lookup`, which is the default. */
  lookup?: LookupFunction | undefined;
  /** TLS options of node:tls; default: those of Node, with verification. */
  tls?: TlsOptions | undefined;
  /** Gives the attempt up; `connect` then rejects with its reason. Once open, it has no effect. */
  signal?: AbortSignal | undefined;
  /** How long finding the address may take, and then connecting to it: ms, 1 to 2³¹−1, default 10 000. */
  connectTimeoutMs?: number | undefined;
  /** How long the TLS handshake may take: ms, 1 to 2³¹−1, default 10 000. */
  tlsTimeoutMs?: number | undefined;
  /** How long the response may take, to its last byte: ms, 1 to 2³¹−1, default 10 000. */
  handshakeTimeoutMs?: number | undefined;
  /**
   * Redirects to follow: 0 to 20, default 0. Never from `wss:` to `ws:`; to another origin without credentials, and with
   * an `agent`, which may have its own, or a `session`, not at all.
   */
  maxRedirects?: number | undefined;
  /** How much of a refusal's body is read: bytes, 1 to 2⁵³−1, default 16 KiB; `Infinity` disables. */
  maxBodyBytes?: number | undefined;
  /** Longest head of a response: bytes, 1 to 2⁵³−1, default 16 KiB; `Infinity` disables. */
  maxHeadBytes?: number | undefined;
  /** Most header lines of a response: 1 to 2⁵³−1, default 100; `Infinity` disables. */
  maxHeaders?: number | undefined;
  /** How often a Ping is sent once open: ms, 1 to 2³¹−1, default 30 000; `Infinity`: never. */
  pingIntervalMs?: number | undefined;
  /** How many Pings in a row may go unanswered, with nothing else coming: 1 to 1000, default 2. */
  maxMissedPings?: number | undefined;
  /** Whether attempts to one address take turns (RFC 6455 §4.1); default true. False is for load generators. */
  waitTurn?: boolean | undefined;
  /** Anything the application ties to the connection. */
  context?: Context | undefined;
  /** Source of time and timers; default: the process's own. */
  clock?: Clock | undefined;
}

const KIB = 1024;

function timeout(text: string): NumberOption {
  return { kind: 'number', default: 10_000, unit: 'ms', min: 1, max: MAX_TIMER_MS, infinity: false, text };
}

function value(expected: string, text: string, accepts: (value: unknown) => boolean, fallback = 'none'): ValueOption {
  return { kind: 'value', default: fallback, expected, text, accepts };
}

const isFunction = (given: unknown): boolean => typeof given === 'function';
const isObject = (given: unknown): boolean => typeof given === 'object' && given !== null;
const hasMethods = (...names: string[]): ((given: unknown) => boolean) => {
  return (given) => isObject(given) && names.every((name) => isFunction((given as Record<string, unknown>)[name]));
};
/** By what is done with it. */
export function isSession(given: unknown): given is ClientHttp2Session {
  return hasMethods('request', 'ping', 'on', 'off')(given);
}
/** What decides where a connection goes is not TLS's business. */
const isTls = (given: unknown): boolean =>
  isObject(given) && ['host', 'port', 'path', 'socket'].every((key) => !(key in (given as object)));

export const CONNECT_OPTIONS = {
  subprotocols: value('an array of unique tokens', 'Subprotocols to offer, most wanted first.', Array.isArray),
  extensions: value(
    'an array of extensions with unique names',
    'Extensions to offer; the server may agree to one of them.',
    Array.isArray,
  ),
  headers: value(
    'an object of names and values, or pairs of these',
    'More headers to send. Those that the handshake owns are refused.',
    isObject,
  ),
  onHeaders: value('a function', 'Hears the headers of the response that opened the WebSocket.', isFunction),
  agent: value('an http.Agent', 'Makes the connection: proxy agents, agents with TLS options of their own.', isObject),
  dial: value('a function that answers a Duplex', 'Makes the stream in place of our own sockets.', isFunction),
  session: value(
    'a session of node:http2, or a function that answers one',
    'Opens the WebSocket as a stream of HTTP/2 (RFC 8441). It stays the caller’s: it is not closed.',
    (given) => isFunction(given) || isSession(given),
  ),
  socketPath: value(
    'a path',
    'A Unix socket to connect to.',
    (given) => typeof given === 'string' && given !== '' && !given.includes('\0'),
  ),
  lookup: value('a function like dns.lookup', 'Finds the addresses of a host.', isFunction, '`dns.lookup`'),
  tls: value(
    'options of node:tls, without host, port, path and socket',
    'How TLS is spoken. Certificates are verified, whatever the environment says, unless this says otherwise.',
    isTls,
    'those of Node, with verification',
  ),
  signal: value('an AbortSignal', 'Gives the attempt up.', (given) => given instanceof AbortSignal),
  connectTimeoutMs: timeout('How long finding the address may take, and then connecting to it.'),
  tlsTimeoutMs: timeout('How long the TLS handshake may take.'),
  handshakeTimeoutMs: timeout('How long the response may take.'),
  maxRedirects: {
    kind: 'number',
    default: 0,
    unit: 'redirects',
    min: 0,
    max: 20,
    infinity: false,
    text: 'Redirects to follow. Never from `wss:` to `ws:`; to another origin without Authorization, Cookie, Proxy-Authorization and client certificate, and with `agent` or `session` not at all.',
  },
  maxBodyBytes: bytesOption(16 * KIB, 'How much of the body of a refusal is read.'),
  maxHeadBytes: bytesOption(16 * KIB, 'Longest head of a response.'),
  maxHeaders: {
    kind: 'number',
    default: 100,
    unit: 'headers',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Most header lines of a response.',
  },
  pingIntervalMs: {
    kind: 'number',
    default: 30_000,
    unit: 'ms',
    min: 1,
    max: MAX_TIMER_MS,
    infinity: true,
    text: 'How often a Ping is sent once the WebSocket is open.',
  },
  maxMissedPings: {
    kind: 'number',
    default: 2,
    unit: 'pings',
    min: 1,
    max: 1000,
    infinity: false,
    text: 'How many Pings in a row may go unanswered, with nothing else coming, before the connection is ended.',
  },
  waitTurn: {
    kind: 'flag',
    default: true,
    text: 'Whether attempts to one address take turns, as RFC 6455 §4.1 asks. False is for load generators.',
  },
  context: value('any value', 'Anything the application ties to the connection.', () => true, '`undefined`'),
  ...LIMIT_OPTIONS,
  clock: value(
    'a Clock',
    'Source of time and timers, for tests.',
    hasMethods('now', 'setTimeout', 'clearTimeout'),
    'the monotonic clock of the process',
  ),
} as const satisfies OptionTable;

type Timeouts = 'connectTimeoutMs' | 'tlsTimeoutMs' | 'handshakeTimeoutMs';
type Bounds = 'maxRedirects' | 'maxBodyBytes' | 'maxHeadBytes' | 'maxHeaders' | keyof HeartbeatSettings;

/** Options as they are once checked: numbers and flags are there. */
type Checked<Context> = Omit<ConnectOptions<Context>, Timeouts | Bounds | 'waitTurn'> &
  Readonly<Record<Timeouts | Bounds, number>> & { readonly waitTurn: boolean };

export type ConnectSettings<Context = unknown> = Omit<Checked<Context>, 'clock'> & {
  readonly clock: Clock;
  /** What every connection made with these settings shares. */
  readonly connection: ConnectionSettings;
};

/** Pairs as a list: an iterator gives them once, and every attempt needs them. */
export function listed(headers: HeadersInput | undefined): HeadersInput | undefined {
  return headers !== undefined && Symbol.iterator in headers ? [...headers] : headers;
}

/** @throws UsageError `ERR_SOKKER_OPTION` */
export function readConnectOptions<Context>(options: ConnectOptions<Context>): ConnectSettings<Context> {
  const checked = readOptions<Checked<Context>>('connect', CONNECT_OPTIONS, options, FOREIGN_OPTIONS);
  // Who hands in a session has found the address and spoken TLS.
  const found = checked.session === undefined ? [] : (['lookup', 'tls'] as const);
  const ways = (['agent', 'dial', 'session', 'socketPath', ...found] as const).filter(
    (key) => checked[key] !== undefined,
  );
  if (ways.length > 1) {
    throw new UsageError('ERR_SOKKER_OPTION', `connect: ${ways.join(' and ')} exclude each other`);
  }
  const limits = Object.fromEntries(
    Object.keys(LIMIT_OPTIONS).map((key) => [key, options[key as keyof LimitOptions]]),
  ) as LimitOptions;
  // Each attempt and loop listens while it is under way: with one signal for many, that is no leak to warn of.
  if (checked.signal !== undefined) setMaxListeners(Infinity, checked.signal);
  // Given a clock, a connection uses it; else its own, whose timers let the process end.
  const connection = new ConnectionSettings({ role: 'client', ...limits, clock: checked.clock }, 'connect');
  return { ...checked, headers: listed(checked.headers), clock: checked.clock ?? waitingClock, connection };
}
