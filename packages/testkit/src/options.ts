// Options are declared once, as data: the tables below validate what a caller gives, and docs/options.md is printed
// from them. Test code is no exception: a misspelt `maxSplit` must not quietly test less.
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

const seed = {
  kind: 'number',
  default: 1,
  unit: 'seed',
  min: 0,
  max: 2 ** 32 - 1,
  infinity: false,
  text: 'Seed of the random sizes: the same one gives the same sizes.',
} as const satisfies NumberOption;

function flag(standard: boolean, text: string): ValueOption {
  const accepts = (value: unknown): boolean => typeof value === 'boolean';
  return { kind: 'value', default: `\`${standard}\``, expected: 'true or false', accepts, text };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isFailure(value: unknown): boolean {
  const { on, call, error, ...others } = Object(value) as Record<string, unknown>;
  const fits = ['read', 'write', 'end'].includes(on as string) && Number.isSafeInteger(call) && Number(call) >= 1;
  return fits && (error === undefined || isObject(error)) && Object.keys(others).length === 0;
}

export const CHUNKING_OPTIONS = {
  seed,
  randomCuts: {
    kind: 'number',
    default: 2,
    unit: 'cuts',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    infinity: false,
    text: 'How many random ways of cutting there are, with seeds that count up.',
  },
  maxSplits: {
    kind: 'number',
    default: 512,
    unit: 'offsets',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Most offsets at which input is split once; longer input is split at both ends and evenly between.',
  },
} as const satisfies OptionTable;

const chunking = {
  kind: 'value',
  default: 'as ChunkingOptions say',
  expected: 'an object',
  accepts: isObject,
  text: 'How each fixture is cut.',
} as const satisfies ValueOption;

export const FRAME_RUN_OPTIONS = {
  chunking,
  codes: flag(false, 'Also compare the `code` of errors with what Sokker promises.'),
  late: flag(
    false,
    'Whether to fail later than at `detectAt` will do, as of a decoder that judges whole headers or messages.',
  ),
} as const satisfies OptionTable;

export const HTTP2_RUN_OPTIONS = {
  anyRefusal: flag(
    false,
    'Whether a refusal is as good with any status as with the expected one, or without an answer where no byte reached the decoder.',
  ),
} as const satisfies OptionTable;

export const HANDSHAKE_RUN_OPTIONS = {
  chunking: { ...chunking, default: 'as ChunkingOptions say, with 64 `maxSplits`' },
  ...HTTP2_RUN_OPTIONS,
} as const satisfies OptionTable;

export const PAIR_OPTIONS = {
  highWaterMarkBytes: {
    kind: 'number',
    default: 16 * 1024,
    unit: 'bytes',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: false,
    text: 'What each of the two queues of a direction holds before it asks to wait.',
  },
  allowHalfOpen: flag(true, 'Whether an end may go on writing after the other has ended.'),
} as const satisfies OptionTable;

export const FAULTY_DUPLEX_OPTIONS = {
  seed,
  maxPieceBytes: {
    kind: 'number',
    default: Infinity,
    unit: 'bytes',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Longest piece that is passed on in either direction; sizes are random up to it.',
  },
  delay: {
    kind: 'value',
    default: 'at once',
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    text: 'Called with each step that would happen now; calls it later, or never.',
  },
  fail: {
    kind: 'value',
    default: 'nothing fails',
    expected: "{ on: 'read' | 'write' | 'end', call: 1 or more, error?: an Error }",
    accepts: isFailure,
    text: 'The call that fails, counted from 1 for each kind.',
  },
} as const satisfies OptionTable;

/**
 * Checks options against their table: unknown keys and values out of bounds throw, an explicit `undefined` counts as
 * left out.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function checkOptions(owner: string, table: OptionTable, given: unknown): void {
  if (!isObject(given)) throw new UsageError('ERR_SOKKER_OPTION', `${owner} takes an object, not ${show(given)}`);
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    const option = Object.hasOwn(table, key) ? table[key] : undefined;
    if (option === undefined) throw new UsageError('ERR_SOKKER_OPTION', `${owner} has no option '${key}'`);
    if (value === undefined || isAccepted(option, value)) continue;
    throw new UsageError('ERR_SOKKER_OPTION', `${owner}: ${key} must be ${expectation(option)}, not ${show(value)}`);
  }
}

function isAccepted(option: NumberOption | ValueOption, value: unknown): boolean {
  if (option.kind === 'value') return option.accepts(value);
  if (value === Infinity) return option.infinity;
  return Number.isSafeInteger(value) && Number(value) >= option.min && Number(value) <= option.max;
}

function expectation(option: NumberOption | ValueOption): string {
  if (option.kind === 'value') return option.expected;
  const bound = `an integer from ${option.min} to ${option.max} (${option.unit})`;
  return option.infinity ? `${bound}, or Infinity` : bound;
}

/** A value as it may stand in an error's text: short, strings in quotes, and of objects no more than their kind. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 64)}'`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
