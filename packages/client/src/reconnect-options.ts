import { MAX_TIMER_MS } from '@sokker/connection';
import { readOptions, type NumberOption, type OptionTable, type ValueOption } from '@sokker/frame';
import { FOREIGN_OPTIONS } from './foreign-options.js';
import { CONNECT_OPTIONS, readConnectOptions, type ConnectOptions, type ConnectSettings } from './options.js';
import type { RecordedConnection, UnsentMessage } from './recorded-connection.js';
import type { Renew } from './renewal.js';
import type { Ending, RetrySettings } from './retry-policy.js';

/** What `onRetry` is told. */
export interface Retry {
  /** How the last attempt or connection ended. */
  readonly after: Ending;
  /** How long until the next attempt: milliseconds. */
  readonly delayMs: number;
}

export interface ReconnectOptions<Context = unknown> extends ConnectOptions<Context> {
  /**
   * Called before every attempt, the first as well: the place to fetch a ticket or a token. What it answers stands in
   * the place of the URL and `headers` for this attempt; where it throws or rejects, the attempt has failed, with
   * `ERR_SOKKER_RENEW`. Its signal aborts when the loop ends; it has no time limit but its own. Default: none.
   */
  renew?: Renew | undefined;
  /**
   * Called for each connection before the loop gets it: the place to log in, subscribe, and send again. It is waited for
   * until the connection ends.
   */
  resume?: ((connection: RecordedConnection<Context>) => void | Promise<void>) | undefined;
  /**
   * Gets back what a connection was given and never sent, before the next one is resumed and when the loop ends;
   * of what it is given after its end, each message at once. It must not send on the connection that ended.
   */
  onUnsent?: ((messages: readonly UnsentMessage[]) => void) | undefined;
  /** Hears why and when the next attempt comes. */
  onRetry?: ((retry: Retry) => void) | undefined;
  /** Widest first delay; it doubles from retry to retry: ms, 1 to 2³¹−1, default 500. */
  minDelayMs?: number | undefined;
  /** Widest delay: ms, 1 to 2³¹−1, default 30 000. */
  maxDelayMs?: number | undefined;
  /** A connection that lasted this long ends the doubling: ms, 0 to 2³¹−1, default 10 000. */
  stableAfterMs?: number | undefined;
  /** Longest Retry-After that is honoured in full: ms, 0 to 2³¹−1, default one hour. */
  maxRetryAfterMs?: number | undefined;
  /** Attempts that may fail one after the other: 1 to 2⁵³−1, default `Infinity`. */
  maxAttempts?: number | undefined;
  /** Close codes after which not to come back; default 1002 and 1008. */
  finalCodes?: readonly number[] | undefined;
  /** HTTP statuses after which not to come back; default 401, 403, 407 and 410. */
  finalStatuses?: readonly number[] | undefined;
  /** Source of the jitter: a number from 0 to below 1; default `Math.random`. */
  random?: (() => number) | undefined;
}

function delay(fallback: number, min: number, text: string): NumberOption {
  return { kind: 'number', default: fallback, unit: 'ms', min, max: MAX_TIMER_MS, infinity: false, text };
}

function value(expected: string, fallback: string, text: string, accepts: (value: unknown) => boolean): ValueOption {
  return { kind: 'value', default: fallback, expected, text, accepts };
}

const isFunction = (given: unknown): boolean => typeof given === 'function';
const areIntegers = (given: unknown): boolean => Array.isArray(given) && given.every(Number.isInteger);
const FINAL_CODES: readonly number[] = [1002, 1008];
const FINAL_STATUSES: readonly number[] = [401, 403, 407, 410];

export const RECONNECT_OPTIONS = {
  ...CONNECT_OPTIONS,
  renew: value(
    'a function',
    'none',
    'Called before every attempt: answers the `url` and `headers` to make it with, where a ticket is used up or a token expires.',
    isFunction,
  ),
  resume: value(
    'a function',
    'none',
    'Called for each connection before the loop gets it: the place to log in, subscribe, and send again.',
    isFunction,
  ),
  onUnsent: value(
    'a function',
    'a process warning',
    'Gets back what a connection was given and never sent, before the next one is resumed and when the loop ends.',
    isFunction,
  ),
  onRetry: value('a function', 'none', 'Hears why and when the next attempt comes.', isFunction),
  minDelayMs: delay(500, 1, 'Widest first delay; it doubles from retry to retry.'),
  maxDelayMs: delay(30_000, 1, 'Widest delay.'),
  stableAfterMs: delay(10_000, 0, 'A connection that lasted this long ends the doubling.'),
  maxRetryAfterMs: delay(3_600_000, 0, 'Longest Retry-After that is honoured in full.'),
  maxAttempts: {
    kind: 'number',
    default: Infinity,
    unit: 'attempts',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Attempts that may fail one after the other before the loop throws the last error.',
  },
  finalCodes: value(
    'an array of integers',
    FINAL_CODES.join(', '),
    'Close codes after which not to come back.',
    areIntegers,
  ),
  finalStatuses: value(
    'an array of integers',
    FINAL_STATUSES.join(', '),
    'HTTP statuses after which not to come back.',
    areIntegers,
  ),
  random: value('a function', '`Math.random`', 'Source of the jitter, for tests.', isFunction),
} as const satisfies OptionTable;

export interface ReconnectSettings<Context> extends RetrySettings {
  readonly connect: ConnectSettings<Context>;
  readonly renew: Renew | undefined;
  readonly resume: ReconnectOptions<Context>['resume'];
  readonly onUnsent: (messages: readonly UnsentMessage[]) => void;
  readonly onRetry: ReconnectOptions<Context>['onRetry'];
}

/** @throws UsageError `ERR_SOKKER_OPTION` */
export function readReconnectOptions<Context>(options: ReconnectOptions<Context>): ReconnectSettings<Context> {
  const checked = readOptions<ReconnectOptions<Context> & RetrySettings>(
    'connect.forever',
    RECONNECT_OPTIONS,
    options,
    FOREIGN_OPTIONS,
  );
  const ours = Object.entries(options).filter(([key]) => Object.hasOwn(CONNECT_OPTIONS, key));
  return {
    ...checked,
    connect: readConnectOptions(Object.fromEntries(ours) as ConnectOptions<Context>),
    onUnsent: checked.onUnsent ?? warner(),
    finalCodes: [...(checked.finalCodes ?? FINAL_CODES)],
    finalStatuses: [...(checked.finalStatuses ?? FINAL_STATUSES)],
    random: checked.random ?? Math.random,
    renew: checked.renew,
    resume: checked.resume,
    onRetry: checked.onRetry,
  };
}

/** Warns of what is lost: once per turn, since what is sent after the end comes back one by one. */
function warner(): ReconnectSettings<unknown>['onUnsent'] {
  let count = 0;
  const warn = (): void => {
    process.emitWarning(`${count} messages were not sent, and no onUnsent takes them back`, {
      type: 'SokkerWarning',
      code: 'SOKKER_UNSENT',
    });
    count = 0;
  };
  return ({ length }) => {
    if (count === 0) queueMicrotask(warn);
    count += length;
  };
}
