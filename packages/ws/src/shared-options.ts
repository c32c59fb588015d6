import { MAX_TIMER_MS } from '@sokker/connection';
import {
  readOptions,
  UsageError,
  type FlagOption,
  type NumberOption,
  type OptionTable,
  type ValueOption,
} from '@sokker/frame';
import type { PerMessageDeflateOptions } from './deflate-options.js';

/** What both ends take, under the names of `ws`. */
export interface SharedOptions {
  /** Largest message that is received: bytes, 0 to 2⁵³−1, default 100 MiB; 0: any. */
  maxPayload?: number | undefined;
  /** Most frames that one message may come in: 0 to 2⁵³−1, default 0: any number, their count costs nothing. */
  maxFragments?: number | undefined;
  /** Compression; by default a client offers it, and a server takes none. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** How long the closing handshake may stand still: ms, 0 to 2³¹−1, default 30 000. */
  closeTimeout?: number | undefined;
  /** Has no effect: text is always checked, as its bytes come. */
  skipUTF8Validation?: boolean | undefined;
  /** Has no effect: several messages may come in one turn of the event loop. */
  allowSynchronousEvents?: boolean | undefined;
  /** Only true: Pings are always answered (RFC 6455 §5.5.2). */
  autoPong?: boolean | undefined;
}

/** Settled. */
export interface SharedSettings {
  readonly maxPayload: number;
  readonly maxFragments: number;
  readonly closeTimeout: number;
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions;
}

const MIB = 1024 * 1024;

export function flag(fallback: boolean, text: string): FlagOption {
  return { kind: 'flag', default: fallback, text };
}

/** A number from 0 on. */
export function count(fallback: number, unit: string, text: string): NumberOption {
  const max = unit === 'ms' ? MAX_TIMER_MS : Number.MAX_SAFE_INTEGER;
  return { kind: 'number', default: fallback, unit, min: 0, max, infinity: false, text };
}

export function only(value: unknown, text: string): ValueOption {
  const name = String(value);
  return { kind: 'value', default: name, expected: name, accepts: (given) => given === value, text };
}

export function option(
  fallback: string,
  expected: string,
  accepts: (value: unknown) => boolean,
  text: string,
): ValueOption {
  return { kind: 'value', default: fallback, expected, accepts, text };
}

export const isText = (value: unknown): boolean => typeof value === 'string';
export const isFunction = (value: unknown): boolean => typeof value === 'function';
export const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

export const SHARED_OPTIONS = {
  maxPayload: count(100 * MIB, 'bytes', 'Largest message that is received; 0: any.'),
  maxFragments: count(
    0,
    'frames',
    'Most frames that one message may come in; 0: any number, for their count costs nothing.',
  ),
  perMessageDeflate: option(
    'false for a server, true for a client',
    'true, false or an object',
    (value) => typeof value === 'boolean' || isObject(value),
    'Compression. No context is kept between messages unless `serverNoContextTakeover` or `clientNoContextTakeover` is false.',
  ),
  closeTimeout: count(30_000, 'ms', 'How long the closing handshake may stand still.'),
  skipUTF8Validation: flag(false, 'Has no effect: text is always checked.'),
  allowSynchronousEvents: flag(true, 'Has no effect: several messages may come in one turn of the event loop.'),
  autoPong: only(true, 'Pings are always answered.'),
} as const satisfies OptionTable;

/**
 * Options of a table, settled; those of others are passed over. As `ws` takes them: null and false are left out, what is not
 * false is true, numbers may be written out, and neither Infinity nor less than 0 is a bound.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function settle<Settled>(owner: string, table: OptionTable, given: object): Settled {
  const values = given as Readonly<Record<string, unknown>>;
  if (values.generateMask !== undefined && values.generateMask !== null) {
    throw new UsageError('ERR_SOKKER_OPTION', `${owner}: generateMask is not offered: masks must not be foreseen`);
  }
  const ours = Object.entries(table).flatMap(([name, { kind }]) => {
    const value = values[name];
    if (value === undefined || value === null) return [];
    if (kind === 'flag') return [[name, Boolean(value)] as const];
    if (kind === 'number') return [[name, numberOf(value)] as const];
    if (name === 'perMessageDeflate') return [[name, isObject(value) ? value : Boolean(value)] as const];
    return value === false && name !== 'autoPong' ? [] : [[name, value] as const];
  });
  return readOptions<Settled>(owner, table, Object.fromEntries(ours));
}

function numberOf(value: unknown): unknown {
  if (value === Infinity || (typeof value === 'number' && value < 0)) return 0;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

/** What a bound of `ws` is here, where 0 is none. */
export function bound(value: number): number {
  return value === 0 ? Infinity : value;
}
