// Options are declared once, as data: the table below each function validates what a caller gives, and docs/options.md
// is printed from it. Every package above `frame` declares its own in the same form.
import { UsageError } from './errors.js';
import { nearNames } from './near-name.js';
import type { Role } from './role.js';
import { shown } from './shown.js';

interface Described {
  /** One sentence for docs/options.md. */
  readonly text: string;
}
export interface NumberOption extends Described {
  readonly kind: 'number';
  readonly default: number;
  /** 'bytes', 'ms', 'frames', … */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** Whether `Infinity` is taken, meaning "no limit". */
  readonly infinity: boolean;
}
export interface ChoiceOption extends Described {
  readonly kind: 'choice';
  /** undefined: the option must be given. */
  readonly default: string | undefined;
  readonly values: readonly string[];
}
export interface FlagOption extends Described {
  readonly kind: 'flag';
  readonly default: boolean;
}
/** Anything else: an object, a function, a string. `default` says in words what stands when it is left out. */
export interface ValueOption extends Described {
  readonly kind: 'value';
  readonly default: string;
  /** What is accepted, in words. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}
export type OptionSpec = NumberOption | ChoiceOption | FlagOption | ValueOption;
export type OptionTable = Readonly<Record<string, OptionSpec>>;

const MIB = 1024 * 1024;

/** Declares a bound in bytes: a positive safe integer, or `Infinity`. */
export function bytesOption(fallback: number, text: string): NumberOption {
  return {
    kind: 'number',
    default: fallback,
    unit: 'bytes',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text,
  };
}

/**
 * Copies and checks options against their table: unknown keys and values out of bounds throw, nothing is coerced, an
 * explicit `undefined` counts as left out. The result has every number, choice and flag; values stay optional.
 * @param elsewhere what to use in the place of options that others have under such names, for the error
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function readOptions<Result>(
  owner: string,
  table: OptionTable,
  given: object | null | undefined,
  elsewhere?: ReadonlyMap<string, string>,
): Result {
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw new UsageError('ERR_SOKKER_OPTION', `${owner} takes its options as an object, not ${shown(given)}`);
  }
  const values = new Map<string, unknown>(Object.entries(given ?? {}));
  for (const key of values.keys()) {
    if (Object.hasOwn(table, key)) continue;
    const hint = elsewhere?.has(key) ? `; use ${elsewhere.get(key)}` : didYouMean(nearNames(key, Object.keys(table)));
    throw new UsageError('ERR_SOKKER_OPTION', `${owner} has no option ${shown(key)}${hint}`);
  }
  const result: [string, unknown][] = [];
  for (const [key, spec] of Object.entries(table)) {
    const value = values.get(key);
    if (value === undefined ? spec.default === undefined : !isAccepted(spec, value)) {
      throw new UsageError('ERR_SOKKER_OPTION', `${owner}: ${key} must be ${expectation(spec)}, not ${shown(value)}`);
    }
    // Not ??: null is a value where the table accepts it.
    const settled = value === undefined && spec.kind !== 'value' ? spec.default : value;
    if (settled !== undefined) result.push([key, settled]);
  }
  return Object.fromEntries(result) as Result;
}

function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : `; did you mean ${names.join(' or ')}?`;
}

function isAccepted(spec: OptionSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'number':
      if (value === Infinity) return spec.infinity;
      return Number.isSafeInteger(value) && (value as number) >= spec.min && (value as number) <= spec.max;
    case 'choice':
      return typeof value === 'string' && spec.values.includes(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'value':
      return spec.accepts(value);
  }
}

function expectation(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'number':
      return `an integer from ${spec.min} to ${spec.max} (${spec.unit})${spec.infinity ? ', or Infinity for no limit' : ''}`;
    case 'choice':
      return spec.values.map((value) => `'${value}'`).join(' or ');
    case 'flag':
      return 'true or false';
    case 'value':
      return spec.expected;
  }
}

const role = {
  kind: 'choice',
  default: undefined,
  values: ['client', 'server'],
  text: 'Which endpoint we are: a server expects masked frames and sends unmasked ones, a client the reverse.',
} as const satisfies ChoiceOption;

export interface DecoderOptions {
  /** Our role: a server expects masked frames, a client unmasked ones. */
  role: Role;
  /** Whole frames (default), or slices as bytes arrive. */
  emit?: 'frames' | 'slices' | undefined;
  /** Largest payload that one frame may declare: bytes, 1 to 2⁵³−1, default 1 MiB; `Infinity` disables. */
  maxFramePayloadBytes?: number | undefined;
  /** Largest sum of one message's payloads: bytes, 1 to 2⁵³−1, default `Infinity` (no message is retained here). */
  maxMessageBytes?: number | undefined;
  /** Most frames in one message: 1 to 2⁵³−1, default `Infinity`. */
  maxFragments?: number | undefined;
  /** Reserved bits that negotiated extensions use: 0 to 7, RSV1 is 4; default 0. */
  rsv?: number | undefined;
}
export const DECODER_OPTIONS = {
  role,
  emit: {
    kind: 'choice',
    default: 'frames',
    values: ['frames', 'slices'],
    text: 'Whole frames, or slices of frames as their bytes arrive; nothing is retained for slices, so frames of any size can pass.',
  },
  maxFramePayloadBytes: bytesOption(MIB, 'Largest payload that one frame may declare; judged when the length is read.'),
  maxMessageBytes: bytesOption(
    Infinity,
    'Largest sum of the payloads of one message; judged at each header. The decoder retains no messages, hence no limit by default. A message coded by an extension may take twice as much on the wire.',
  ),
  maxFragments: {
    kind: 'number',
    default: Infinity,
    unit: 'frames',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Most frames that one message may come in. Fragments are gathered, so their count alone costs nothing.',
  },
  rsv: {
    kind: 'number',
    default: 0,
    unit: 'bits',
    min: 0,
    max: 7,
    infinity: false,
    text: 'Reserved bits that negotiated extensions use on the first frame of a message: RSV1 is 4, RSV2 2, RSV3 1.',
  },
} as const satisfies OptionTable;

export const ASSEMBLER_OPTIONS = {
  maxMessageBytes: bytesOption(
    MIB,
    'Largest message that is put together; the bytes gathered so far are what it bounds.',
  ),
} as const satisfies OptionTable;

export const ENCODER_OPTIONS = {
  role,
  maskingKey: {
    kind: 'value',
    default: 'strong randomness, drawn in blocks',
    expected: 'a function that returns an unsigned 32-bit integer',
    accepts: (value) => typeof value === 'function',
    text: 'Where a client takes its masking keys from; each frame gets the next one, written in network byte order (RFC 6455 §5.3).',
  },
} as const satisfies OptionTable;

export const FRAGMENTER_OPTIONS = {
  fragmentBytes: bytesOption(64 * 1024, 'Largest payload of a frame; larger messages leave as several.'),
} as const satisfies OptionTable;
