import { CONNECTION_OPTIONS, LIMIT_OPTIONS, MAX_TIMER_MS, type Clock, type LimitOptions } from '@sokker/connection';
import type { MessageCoder, NumberOption, OptionTable } from '@sokker/frame';
import { UPGRADE_POLICY_OPTIONS, type Extension, type OriginPolicy } from '@sokker/handshake';
import { isIP } from 'node:net';
import type { Admission, RejectOptions, UpgradeFunction } from './decision.js';
import { GUARD_OPTIONS, type GuardOptions } from './guard-options.js';
import type { SlowPolicy } from './slow-policy.js';

export interface ServerOptions<Context = unknown> extends LimitOptions, GuardOptions {
  /**
   * Which origins may connect (RFC 6455 §10.2): `'same'`, `'any'`, a list, or a function; default `'same'`. See
   * `OriginPolicy` of @sokker/handshake.
   */
  origin?: OriginPolicy | undefined;
  /** Hosts served here, 'example.com' or 'example.com:8080'; default: any. A guard against DNS rebinding. */
  hosts?: readonly string[] | undefined;
  /** Subprotocols spoken here; the first that the client offers is chosen; default: none. */
  subprotocols?: readonly string[] | undefined;
  /** Whether those who would speak none of the subprotocols get 400; default false: they are let in without one. */
  requireSubprotocol?: boolean | undefined;
  /** Extensions to negotiate, such as permessage-deflate; one is used per connection; default: none. */
  extensions?: readonly Extension<MessageCoder>[] | undefined;
  /** Decides on each request that breaks no rule; default: all are admitted. */
  upgrade?: UpgradeFunction<Context> | undefined;
  /** Longest request head: bytes, 1 to 2⁵³−1, default 16 KiB; `Infinity` disables. */
  maxHeadBytes?: number | undefined;
  /**
   * Most header lines in a request: 1 to 2⁵³−1, default 100; `Infinity` disables. One that node:http has read must have
   * fewer than the `maxHeadersCount` that it shows, by default 1000.
   */
  maxHeaders?: number | undefined;
  /** How long an opening handshake may take, the upgrade function included: ms, 1 to 2³¹−1, default 10 000. */
  handshakeTimeoutMs?: number | undefined;
  /** Source of time and timers; default: the process's own. */
  clock?: Clock | undefined;
}

/** Where on a shared listener a server answers. */
export interface AttachOptions {
  /** The one path answered, such as '/chat', or a function that returns true or false; default: every path. */
  path?: string | ((path: string) => boolean) | undefined;
}

/** What is known of a socket beside what it says of itself. */
export interface SocketOptions {
  /** Address of the peer, IPv4 or IPv6, as the PROXY protocol tells it; default: what the socket says, if it has one. */
  remoteAddress?: string | undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/** These rules of handshakes are those of the policy that they are handed to. */
const { origin, hosts, maxHeadBytes, maxHeaders } = UPGRADE_POLICY_OPTIONS;

export const SERVER_OPTIONS = {
  origin,
  hosts,
  subprotocols: {
    kind: 'value',
    default: 'none',
    expected: 'an array of unique tokens',
    accepts: Array.isArray,
    text: 'Subprotocols spoken here; the first that the client offers is chosen.',
  },
  requireSubprotocol: {
    kind: 'flag',
    default: false,
    text: 'Whether those who would speak none of the subprotocols are refused with 400; else they are let in without one. What `upgrade` chose counts.',
  },
  extensions: {
    kind: 'value',
    default: 'none',
    expected: 'an array of extensions with unique names',
    accepts: Array.isArray,
    text: 'Extensions to negotiate; one is used per connection, the first in the client’s order that agrees.',
  },
  upgrade: {
    kind: 'value',
    default: 'every request is admitted',
    expected: 'a function',
    accepts: isFunction,
    text: 'Decides on each request that breaks no rule: answers `protocol`, `headers` and `context`, or `reject(…)`.',
  },
  maxHeadBytes,
  maxHeaders,
  handshakeTimeoutMs: {
    kind: 'number',
    default: 10_000,
    unit: 'ms',
    min: 1,
    max: MAX_TIMER_MS,
    infinity: false,
    text: 'How long an opening handshake may take: a request that is not whole by then gets 408, an upgrade function that has not answered 504.',
  },
  ...GUARD_OPTIONS,
  ...LIMIT_OPTIONS,
  clock: CONNECTION_OPTIONS.clock,
} as const satisfies OptionTable;

export const ATTACH_OPTIONS = {
  path: {
    kind: 'value',
    default: 'every path',
    expected: "a path that begins with '/', or a function",
    accepts: (value) => isFunction(value) || (typeof value === 'string' && value.startsWith('/')),
    text: 'Which requests are answered here; those of no attached server get 404 where nobody else listens for them.',
  },
} as const satisfies OptionTable;

export const SOCKET_OPTIONS = {
  remoteAddress: {
    kind: 'value',
    default: 'that of the socket, if it has one',
    expected: 'an IPv4 or IPv6 address',
    accepts: (value) => typeof value === 'string' && isIP(value) !== 0,
    text: 'Address of the peer, as the PROXY protocol tells it; it is counted, and trusted as a proxy, as that of the socket would be.',
  },
} as const satisfies OptionTable;

export const REJECT_OPTIONS = {
  headers: {
    kind: 'value',
    default: 'none',
    expected: 'an object of names and values, or pairs of these',
    accepts: isObject,
    text: 'More headers to send, such as Location, Retry-After or WWW-Authenticate.',
  },
  body: {
    kind: 'value',
    default: 'empty',
    expected: 'a string or a Uint8Array',
    accepts: (value) => typeof value === 'string' || value instanceof Uint8Array,
    text: 'The body; a string is sent as text/plain in UTF-8 unless `headers` has a Content-Type.',
  },
} as const satisfies Record<keyof RejectOptions, OptionTable[string]>;

/** What the upgrade function may answer. */
export const ADMISSION_OPTIONS = {
  protocol: {
    kind: 'value',
    default: 'the first that the client offers and the server has',
    expected: 'a string',
    accepts: (value) => typeof value === 'string',
    text: 'The subprotocol: one that the client offered.',
  },
  headers: {
    kind: 'value',
    default: 'none',
    expected: 'an object of names and values, or pairs of these',
    accepts: isObject,
    text: 'More headers for the 101, such as Set-Cookie.',
  },
  context: {
    kind: 'value',
    default: 'undefined',
    expected: 'any value',
    accepts: () => true,
    text: 'Becomes `connection.context`.',
  },
} as const satisfies Record<keyof Admission<unknown>, OptionTable[string]>;

/** Options as they were settled at construction. */
export type ServerSettings<Context> = Readonly<
  Record<NumberName<typeof SERVER_OPTIONS>, number> &
    Pick<ServerOptions<Context>, 'origin' | 'hosts' | 'subprotocols' | 'extensions' | 'upgrade' | 'clock'> &
    Pick<GuardOptions, 'trustedProxies' | 'maxRetainedBytes'> & {
      requireSubprotocol: boolean;
      onSlow: SlowPolicy;
      receive: 'whole' | 'stream';
    }
>;

type NumberName<Table extends OptionTable> = {
  [Key in keyof Table]: Table[Key] extends NumberOption ? Key : never;
}[keyof Table];
