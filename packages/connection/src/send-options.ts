import { Opcode, readOptions, shown, UsageError } from '@sokker/frame';
import type { FlagOption, MessageType, OptionTable, ValueOption } from '@sokker/frame';

/** Read for every message, so names that do not exist are not looked for here, as they are everywhere else. */
export interface SendOptions {
  /** Default: text for a string, binary for bytes. Text given as bytes must be valid UTF-8; that is not checked. */
  type?: MessageType | undefined;
  /** Whether a negotiated extension may compress this message; default true. */
  compress?: boolean | undefined;
}

export interface SendStreamOptions {
  /** Default: binary. Text given as bytes must be valid UTF-8; that is not checked. */
  type?: MessageType | undefined;
  /**
   * The exact size, where it is known: bytes, 0 to 2⁵³−1. Unless an extension compresses it, the message then leaves as
   * one frame, and control frames wait for its end. Default: fragments of at most 64 KiB, with control frames between them.
   */
  bytes?: number | undefined;
  /** Whether a negotiated extension may compress this message, which then leaves in fragments; default true. */
  compress?: boolean | undefined;
  /** Aborts the message. */
  signal?: AbortSignal | undefined;
}

export interface WaitOptions {
  /** Ends the wait: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const isType = (value: unknown): boolean => value === 'text' || value === 'binary';

const compress: FlagOption = {
  kind: 'flag',
  default: true,
  text: 'Whether a negotiated extension may compress this message.',
};

function typeOption(fallback: string): ValueOption {
  return {
    kind: 'value',
    default: fallback,
    expected: "'text' or 'binary'",
    accepts: isType,
    text: 'Text given as bytes must be valid UTF-8; that is not checked.',
  };
}

/** What `send` takes. It looks at these two and nothing else: to check them by the table would cost more than a message. */
export const SEND_OPTIONS = {
  type: typeOption('text for a string, binary for bytes'),
  compress,
} as const satisfies OptionTable;

export const SEND_STREAM_OPTIONS = {
  type: typeOption('binary'),
  bytes: {
    kind: 'value',
    default: 'not known',
    expected: 'an integer from 0 to 9007199254740991 (bytes)',
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    text: 'The exact size: the message leaves as one frame, and control frames wait for its end, unless an extension compresses it. Else it leaves in fragments of at most 64 KiB.',
  },
  compress,
  signal: {
    kind: 'value',
    default: 'none',
    expected: 'an AbortSignal',
    accepts: (value) => value instanceof AbortSignal,
    text: 'Aborts the message: see `sendStream`.',
  },
} as const satisfies OptionTable;

export const WAIT_OPTIONS = {
  signal: { ...SEND_STREAM_OPTIONS.signal, text: "Ends the wait, which rejects with the signal's reason." },
} as const satisfies OptionTable;

/** @throws UsageError `ERR_SOKKER_OPTION` */
export function signalOf(owner: 'ping' | 'writable', options: WaitOptions | undefined): AbortSignal | undefined {
  return options && readOptions<WaitOptions>(owner, WAIT_OPTIONS, options).signal;
}

/**
 * The opcode that a message leaves with.
 * @param text the message, where it is a string
 * @throws UsageError `ERR_SOKKER_ARGUMENT`
 */
export function opcodeOf(text: string | undefined, options: SendOptions | undefined): Opcode {
  const type = options?.type ?? (text === undefined ? 'binary' : 'text');
  if (type === 'text') return Opcode.text;
  if (type === 'binary') return Opcode.binary;
  throw new UsageError('ERR_SOKKER_ARGUMENT', "a message's type is 'text' or 'binary'");
}

/**
 * Whether a negotiated extension may compress the message.
 * @throws UsageError `ERR_SOKKER_ARGUMENT`
 */
export function mayCompress(options: SendOptions | undefined): boolean {
  if (options === undefined) return true;
  if (typeof options !== 'object' || (options as SendOptions | null) === null) {
    // A callback, as other libraries take one, would never be called.
    const rule = 'the options of a message are an object: { type, compress }';
    throw new UsageError('ERR_SOKKER_ARGUMENT', `${rule}, not ${shown(options)}`);
  }
  const { compress } = options;
  if (compress === undefined || typeof compress === 'boolean') return compress !== false;
  throw new UsageError('ERR_SOKKER_ARGUMENT', 'whether a message may be compressed is true or false');
}
