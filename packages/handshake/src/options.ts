// Options are declared once, as data: the tables below validate what a caller gives, and docs/options.md is printed
// from them.
import { UsageError } from './errors.js';

interface NumberOption {
  readonly kind: 'number';
  readonly text: string;
  readonly default: number;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** Whether `Infinity` is taken, meaning "no limit". */
  readonly infinity: boolean;
}
interface ValueOption {
  readonly kind: 'value';
  readonly text: string;
  /** What stands when it is left out, in words. */
  readonly default: string;
  /** What is accepted, in words. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}
export type OptionTable = Readonly<Record<string, NumberOption | ValueOption>>;

/**
 * Checks options against their table: unknown keys and values out of bounds throw, the first of those given; nothing is
 * coerced, an explicit `undefined` counts as left out.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function checkOptions(owner: string, table: OptionTable, given: unknown): void {
  if (typeof given !== 'object' || given === null) throw optionError(owner, `takes an object, not ${show(given)}`);
  const options = optionsOf(table);
  // Keys, as pairs took a hundredth of a connection opened and closed: every one passes here.
  for (const key of Object.keys(given)) {
    const option = options.get(key);
    const value: unknown = given[key as keyof typeof given];
    if (option === undefined) throw optionError(owner, `has no option '${key.slice(0, 64)}'`);
    if (value === undefined || isAccepted(option, value)) continue;
    throw optionError(`${owner}: ${key}`, `must be ${expectation(option)}, not ${show(value)}`);
  }
}

/** Tables as they are looked up in, made once for each. */
const MAPS = new WeakMap<OptionTable, ReadonlyMap<string, NumberOption | ValueOption>>();

function optionsOf(table: OptionTable): ReadonlyMap<string, NumberOption | ValueOption> {
  const known = MAPS.get(table);
  if (known !== undefined) return known;
  const options = new Map(Object.entries(table));
  MAPS.set(table, options);
  return options;
}

export function optionError(name: string, message: string): UsageError {
  return new UsageError('ERR_SOKKER_OPTION', `${name} ${message}`);
}

function isAccepted(option: NumberOption | ValueOption, value: unknown): boolean {
  if (option.kind === 'value') return option.accepts(value);
  if (value === Infinity) return option.infinity;
  return Number.isSafeInteger(value) && Number(value) >= option.min && Number(value) <= option.max;
}

function expectation(option: NumberOption | ValueOption): string {
  if (option.kind === 'value') return option.expected;
  const bound = `an integer from ${option.min} to ${option.max} (${option.unit})`;
  return option.infinity ? `${bound}, or Infinity for no limit` : bound;
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 64)}'`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

const headers = {
  kind: 'value',
  default: 'none',
  expected: 'an object of names and values, or pairs of these',
  accepts: isObject,
  text: 'More headers to send. Values are checked character by character; headers that the handshake owns are refused.',
} as const satisfies ValueOption;

const extensions = {
  kind: 'value',
  default: 'none',
  expected: 'an array of extensions with unique names',
  accepts: Array.isArray,
  text: 'Extensions to negotiate.',
} as const satisfies ValueOption;

const subprotocols = {
  kind: 'value',
  default: 'none',
  expected: 'an array of unique tokens',
  accepts: Array.isArray,
  text: 'Subprotocols that we speak.',
} as const satisfies ValueOption;

export const HEAD_OPTIONS = {
  maxHeadBytes: {
    kind: 'number',
    default: 16 * 1024,
    unit: 'bytes',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Longest head: first line, headers and the empty line that ends them. A longer one is refused with 431.',
  },
  maxHeaders: {
    kind: 'number',
    default: 100,
    unit: 'headers',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Most header lines in a head. More are refused with 431.',
  },
} as const satisfies OptionTable;

export const READ_HEAD_OPTIONS = {
  ...HEAD_OPTIONS,
  signal: {
    kind: 'value',
    default: 'none',
    expected: 'an AbortSignal',
    accepts: (value) => value instanceof AbortSignal,
    text: 'Gives up when it aborts: the deadline, such as `AbortSignal.timeout(10_000)`.',
  },
} as const satisfies OptionTable;

export const UPGRADE_POLICY_OPTIONS = {
  ...HEAD_OPTIONS,
  origin: {
    kind: 'value',
    default: "'same'",
    expected: "'same', 'any', an array of origins (null: no Origin header), or a function",
    accepts: (value) => value === 'same' || value === 'any' || typeof value === 'function' || Array.isArray(value),
    text: "Which origins may connect. 'same': where Origin is present it must name the host, port and, where known, scheme of the request.",
  },
  hosts: {
    kind: 'value',
    default: 'any',
    expected: "an array of hosts, 'example.com' or 'example.com:8080'",
    accepts: Array.isArray,
    text: 'Hosts that are served here; a guard against DNS rebinding, refused with 421.',
  },
  subprotocols,
  extensions,
  headers,
} as const satisfies OptionTable;

export const ACCEPT_OPTIONS = {
  subprotocol: {
    kind: 'value',
    default: 'none',
    expected: 'one of the subprotocols that the client offered',
    accepts: (value) => typeof value === 'string',
    text: 'The subprotocol to speak.',
  },
  extensions,
  admit: {
    kind: 'value',
    default: 'every extension is admitted',
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    text: 'Asked for each extension that agreed, with those admitted before it; false leaves it out, as when two claim one RSV bit.',
  },
  headers,
} as const satisfies OptionTable;

export const REFUSE_OPTIONS = {
  status: {
    kind: 'number',
    default: 403,
    unit: 'HTTP status',
    min: 300,
    max: 599,
    infinity: false,
    text: 'The status of the refusal.',
  },
  body: {
    kind: 'value',
    default: 'empty',
    expected: 'a string or a Uint8Array',
    accepts: (value) => typeof value === 'string' || value instanceof Uint8Array,
    text: 'The body of the refusal; a string is sent as text/plain in UTF-8 unless `headers` has a Content-Type.',
  },
  headers,
} as const satisfies OptionTable;

export const CLIENT_REQUEST_OPTIONS = {
  subprotocols,
  extensions,
  headers,
  randomBytes: {
    kind: 'value',
    default: 'randomBytes of node:crypto',
    expected: 'a function that returns as many bytes as it is asked for',
    accepts: (value) => typeof value === 'function',
    text: 'Where the 16 bytes of the key come from.',
  },
  httpVersion: {
    kind: 'value',
    default: "'1.1'",
    expected: "'1.1' or '2.0'",
    accepts: (value) => value === '1.1' || value === '2.0',
    text: 'What carries the request: `2.0` makes an extended CONNECT, for a stream of node:http2 (RFC 8441).',
  },
} as const satisfies OptionTable;
