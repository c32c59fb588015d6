import { MAX_TIMER_MS } from '@sokker/connection';
import type { NumberOption, OptionTable } from '@sokker/frame';
import { SLOW_POLICIES, type SlowPolicy } from './slow-policy.js';

/** What a server guards itself with: bounds over all connections, and the life of each. */
export interface GuardOptions {
  /** Addresses or ranges of proxies whose X-Forwarded-For, -Proto and -Host are believed; 'unix'; default: none. */
  trustedProxies?: readonly string[] | undefined;
  /** Most connections, handshakes being decided on included: 1 to 2⁵³−1, default `Infinity`; more get 503. */
  maxConnections?: number | undefined;
  /** As above from one IPv4 address, or one IPv6 network of 64 bits; more get 429. */
  maxConnectionsPerAddress?: number | undefined;
  /** Opening handshakes per second, and at once: 1 to 2⁵³−1, default `Infinity`; more get 503. */
  maxHandshakesPerSecond?: number | undefined;
  /**
   * As above from one IPv4 address, or one IPv6 network of 64 bits; more get 429, and count for no other bound. Of more
   * than 16 384 addresses in a second, some may be forgotten early.
   */
  maxHandshakesPerSecondPerAddress?: number | undefined;
  /**
   * Memory that the messages of all connections may take, in and out: bytes, 1 to 2⁵³−1, default a quarter of the
   * heap's limit; beyond it those that hold most are closed with 1013, down to nine tenths of it.
   */
  maxRetainedBytes?: number | undefined;
  /** What happens to a connection for which `maxBufferedBytes` wait; default 'close'. */
  onSlow?: SlowPolicy | undefined;
  /** How often a Ping is sent: ms, 1 to 2³¹−1, default 30 000; `Infinity`: never. */
  pingIntervalMs?: number | undefined;
  /** How many Pings in a row may go unanswered, with nothing else coming: 1 to 1000, default 2. */
  maxMissedPings?: number | undefined;
  /** How long a connection may have no messages either way: ms, 1 to 2³¹−1, default `Infinity`; then 1001. */
  idleTimeoutMs?: number | undefined;
  /** How long a connection may live, less up to a tenth: ms, 1 to 2³¹−1, default `Infinity`; then 1001. */
  maxAgeMs?: number | undefined;
  /**
   * How long a whole message may take to arrive: ms, 1 to 2³¹−1, default 60 000; then, at most a quarter as late again,
   * 1008. Not for streams.
   */
  messageTimeoutMs?: number | undefined;
}

function countOption(unit: string, text: string): NumberOption {
  return { kind: 'number', default: Infinity, unit, min: 1, max: Number.MAX_SAFE_INTEGER, infinity: true, text };
}

function durationOption(fallback: number, text: string): NumberOption {
  return { kind: 'number', default: fallback, unit: 'ms', min: 1, max: MAX_TIMER_MS, infinity: true, text };
}

export const GUARD_OPTIONS = {
  trustedProxies: {
    kind: 'value',
    default: 'none',
    expected: "an array of addresses, ranges such as '10.0.0.0/8', or 'unix'",
    accepts: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
    text: "Proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are believed; 'unix' stands for those on a unix socket.",
  },
  maxConnections: countOption(
    'connections',
    'Most connections, handshakes that are being decided on included; more get 503 with Retry-After.',
  ),
  maxConnectionsPerAddress: countOption(
    'connections',
    'Most connections from one IPv4 address, or one IPv6 network of 64 bits; more get 429 with Retry-After.',
  ),
  maxHandshakesPerSecond: countOption(
    'handshakes/s',
    'Opening handshakes per second, and at once; more get 503 with Retry-After.',
  ),
  maxHandshakesPerSecondPerAddress: countOption(
    'handshakes/s',
    'Opening handshakes per second, and at once, from one IPv4 address, or one IPv6 network of 64 bits; more get 429 with Retry-After.',
  ),
  maxRetainedBytes: {
    kind: 'value',
    default: 'a quarter of the heap limit',
    expected: 'an integer from 1 to 9007199254740991 (bytes), or Infinity for no limit',
    accepts: (value) => value === Infinity || (Number.isSafeInteger(value) && Number(value) >= 1),
    text: 'Memory that the messages of all connections may take, in and out, in bytes; beyond it those that hold most are closed with 1013, down to nine tenths of it.',
  },
  onSlow: {
    kind: 'choice',
    default: 'close',
    values: SLOW_POLICIES,
    text: "What happens to a connection for which maxBufferedBytes wait: it is ended; or nothing but the event 'slow'; or messages are dropped, the newest, the oldest that wait, or those with a newer one of the same key.",
  },
  pingIntervalMs: durationOption(
    30_000,
    'How often a Ping is sent; every half of it while nothing at all comes from the peer.',
  ),
  maxMissedPings: {
    kind: 'number',
    default: 2,
    unit: 'pings',
    min: 1,
    max: 1000,
    infinity: false,
    text: 'How many Pings in a row may go unanswered, with nothing else coming, before the connection is ended; 2 is within twice pingIntervalMs of its last sign of life.',
  },
  idleTimeoutMs: durationOption(
    Infinity,
    'How long a connection may have no messages either way; then it is closed with 1001, at most half as late again.',
  ),
  maxAgeMs: durationOption(
    Infinity,
    'How long a connection may live, less up to a tenth, so that they do not all come back at once; then it is closed with 1001.',
  ),
  messageTimeoutMs: durationOption(
    60_000,
    'How long a whole message may take to arrive; then its connection is closed with 1008, at most a quarter as late again. Streams may take as long as they like.',
  ),
} as const satisfies OptionTable;
