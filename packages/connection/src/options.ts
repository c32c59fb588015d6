import type { MessageCoder, OptionTable, Role } from '@sokker/frame';
import { bytesOption } from '@sokker/frame';
import type { Clock } from './clock.js';

const MIB = 1024 * 1024;
/** Longest delay that Node's timers keep; beyond it they fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

export interface ConnectionOptions<Context = unknown> {
  /** Our role: a server expects masked frames and sends unmasked ones, a client the reverse. */
  role: Role;
  /** Bytes that arrived behind the opening handshake, before the Duplex is read. */
  head?: Uint8Array | undefined;
  /** The negotiated subprotocol; default '' for none. */
  protocol?: string | undefined;
  /** What a negotiated extension does to messages. */
  coder?: MessageCoder | undefined;
  /** Anything the application ties to this connection. */
  context?: Context | undefined;
  /** Largest message: bytes, 1 to 2⁵³−1, default 1 MiB; `Infinity` disables. */
  maxMessageBytes?: number | undefined;
  /** Most frames in one message: 1 to 2⁵³−1, default `Infinity`: fragments are gathered, their count costs nothing. */
  maxFragments?: number | undefined;
  /** From this many bytes waiting to be sent on, `send` answers false: bytes, 1 to 2⁵³−1, default 64 KiB. */
  highWaterMarkBytes?: number | undefined;
  /** `drain` follows when this many or fewer wait: bytes, 0 to 2⁵³−1, default 16 KiB. */
  lowWaterMarkBytes?: number | undefined;
  /** Bytes waiting to be sent at which a peer counts as too slow: 1 to 2⁵³−1, default 1 MiB; `Infinity` disables. */
  maxBufferedBytes?: number | undefined;
  /** How long a closing handshake may take: ms, 1 to 2³¹−1, default 5000; then the socket is destroyed. */
  closeTimeoutMs?: number | undefined;
  /** Source of time and timers; default: the process's own. */
  clock?: Clock | undefined;
}

function isClock(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'now' in value && 'setTimeout' in value && 'clearTimeout' in value
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Limits and times of a connection, which server and client offer too. */
export const LIMIT_OPTIONS = {
  maxMessageBytes: bytesOption(MIB, 'Largest message that is received; a frame may be as large as a message.'),
  maxFragments: {
    kind: 'number',
    default: Infinity,
    unit: 'frames',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Most frames that one message may come in. Fragments are gathered, so their count alone costs nothing.',
  },
  highWaterMarkBytes: bytesOption(64 * 1024, 'From this many bytes waiting to be sent on, `send` answers false.'),
  lowWaterMarkBytes: {
    kind: 'number',
    default: 16 * 1024,
    unit: 'bytes',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    infinity: false,
    text: 'After `send` answered false, `drain` follows when no more than this waits.',
  },
  maxBufferedBytes: bytesOption(
    MIB,
    'Bytes waiting to be sent at which the peer counts as too slow. A message is taken while fewer wait, so at most this and one message are retained.',
  ),
  closeTimeoutMs: {
    kind: 'number',
    default: 5000,
    unit: 'ms',
    min: 1,
    max: MAX_TIMER_MS,
    infinity: false,
    text: 'How long the closing handshake may take before the socket is destroyed.',
  },
} as const satisfies OptionTable;

export const CONNECTION_OPTIONS = {
  role: {
    kind: 'choice',
    default: undefined,
    values: ['client', 'server'],
    text: 'Which endpoint we are: a server expects masked frames and sends unmasked ones, a client the reverse.',
  },
  head: {
    kind: 'value',
    default: 'none',
    expected: 'a Uint8Array',
    accepts: (value) => value instanceof Uint8Array,
    text: 'Bytes that arrived behind the opening handshake.',
  },
  protocol: {
    kind: 'value',
    default: "''",
    expected: 'a string',
    accepts: (value) => typeof value === 'string',
    text: 'The negotiated subprotocol.',
  },
  coder: {
    kind: 'value',
    default: 'none',
    expected: 'a MessageCoder',
    accepts: isObject,
    text: 'What a negotiated extension does to messages.',
  },
  context: {
    kind: 'value',
    default: 'undefined',
    expected: 'any value',
    accepts: () => true,
    text: 'Anything the application ties to this connection.',
  },
  ...LIMIT_OPTIONS,
  clock: {
    kind: 'value',
    default: 'the monotonic clock of the process',
    expected: 'a Clock',
    accepts: isClock,
    text: 'Source of time and timers, for tests.',
  },
} as const satisfies OptionTable;

export interface Settings<Context = unknown> {
  readonly role: Role;
  readonly head?: Uint8Array;
  readonly protocol?: string;
  readonly coder?: MessageCoder;
  readonly context?: Context;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly highWaterMarkBytes: number;
  readonly lowWaterMarkBytes: number;
  readonly maxBufferedBytes: number;
  readonly closeTimeoutMs: number;
  readonly clock?: Clock;
}
