import type { MessageCoder, NumberOption, OptionTable, Role } from '@sokker/frame';
import { bytesOption, readOptions, UsageError } from '@sokker/frame';
import { systemClock, type Clock } from './clock.js';
import { EncoderPool } from './encoder-pool.js';
import { StagePool } from './stages.js';

const MIB = 1024 * 1024;
/** Longest delay that Node's timers keep; beyond it they fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** What was agreed for one connection, and what the application ties to it. */
export interface Session<Context = unknown> {
  /** Bytes that arrived behind the opening handshake, before the Duplex is read. They belong to the connection. */
  head?: Buffer | undefined;
  /** The negotiated subprotocol; default '' for none. */
  protocol?: string | undefined;
  /** What a negotiated extension does to messages. */
  coder?: MessageCoder | undefined;
  /** Anything the application ties to this connection. */
  context?: Context | undefined;
}

/** Limits and times of a connection, which server and client offer too. */
export interface LimitOptions {
  /** Messages whole (default), or as streams of any size: see the events `message` and `stream`. */
  receive?: 'whole' | 'stream' | undefined;
  /** Largest whole message: bytes, 1 to 2⁵³−1, default 1 MiB; `Infinity` disables. Streams have no limit. */
  maxMessageBytes?: number | undefined;
  /** Most frames in one message: 1 to 2⁵³−1, default `Infinity`: fragments are gathered, their count costs nothing. */
  maxFragments?: number | undefined;
  /**
   * From this many bytes waiting to be sent on, `send` answers false: bytes, 1 to `maxBufferedBytes`, default 64 KiB or
   * `maxBufferedBytes`, whichever is less.
   */
  highWaterMarkBytes?: number | undefined;
  /**
   * `drain` follows when this many or fewer wait: bytes, 0 to below `highWaterMarkBytes`, default 16 KiB or a quarter of
   * `highWaterMarkBytes`, whichever is less.
   */
  lowWaterMarkBytes?: number | undefined;
  /** Bytes waiting to be sent at which a peer counts as too slow: 1 to 2⁵³−1, default 1 MiB; `Infinity` disables. */
  maxBufferedBytes?: number | undefined;
  /** Messages that the peer may send per second, and at once: 1 to 2⁵³−1, default `Infinity`; more closes with 1008. */
  maxMessagesPerSecond?: number | undefined;
  /** Pings and Pongs that the peer may send per second, and at once: 1 to 2⁵³−1, default `Infinity`; as above. */
  maxControlFramesPerSecond?: number | undefined;
  /**
   * How long nothing may move in a closing handshake: ms, 1 to 2³¹−1, default 5000; then the socket is destroyed. What
   * was sent before the Close may take longer, and so may the reader of what came before the end.
   */
  closeTimeoutMs?: number | undefined;
}

export interface ConnectionOptions extends LimitOptions {
  /** Our role: a server expects masked frames and sends unmasked ones, a client the reverse. */
  role: Role;
  /** Source of time and timers; default: the process's own. */
  clock?: Clock | undefined;
}

function isClock(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'now' in value && 'setTimeout' in value && 'clearTimeout' in value
  );
}

function rateOption(unit: string, text: string): NumberOption {
  return {
    kind: 'number',
    default: Infinity,
    unit,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: `${text} More closes the connection with 1008.`,
  };
}

export const LIMIT_OPTIONS = {
  receive: {
    kind: 'choice',
    default: 'whole',
    values: ['whole', 'stream'],
    text: 'Messages whole, as `message` events, or as streams of any size, as `stream` events.',
  },
  maxMessageBytes: bytesOption(
    MIB,
    'Largest message that is received whole; a frame may be as large as a message. Streams have no limit.',
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
  highWaterMarkBytes: bytesOption(
    64 * 1024,
    'From this many bytes waiting to be sent on, `send` answers false. Not above maxBufferedBytes, to which the default gives way.',
  ),
  lowWaterMarkBytes: {
    kind: 'number',
    default: 16 * 1024,
    unit: 'bytes',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    infinity: false,
    text: 'After `send` answered false, `drain` follows when no more than this waits. Below highWaterMarkBytes; the default is no more than a quarter of it.',
  },
  maxBufferedBytes: bytesOption(
    MIB,
    'Bytes waiting to be sent at which the peer counts as too slow. A message is taken while fewer wait, so at most this and one message are retained.',
  ),
  maxMessagesPerSecond: rateOption('messages/s', 'Messages that the peer may send per second, and at once.'),
  maxControlFramesPerSecond: rateOption('frames/s', 'Pings and Pongs that the peer may send per second, and at once.'),
  closeTimeoutMs: {
    kind: 'number',
    default: 5000,
    unit: 'ms',
    min: 1,
    max: MAX_TIMER_MS,
    infinity: false,
    text: 'How long nothing may move in the closing handshake before the socket is destroyed: it begins anew as what was sent before the Close leaves, and as what came before the end is taken. For `close` of a server it is how long all of it may take.',
  },
} as const satisfies OptionTable;

export const CONNECTION_OPTIONS = {
  role: {
    kind: 'choice',
    default: undefined,
    values: ['client', 'server'],
    text: 'Which endpoint we are: a server expects masked frames and sends unmasked ones, a client the reverse.',
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

/**
 * Options of connections, checked once: hand the same object to many connections, which then share it.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export class ConnectionSettings {
  readonly role: Role;
  readonly receive: 'whole' | 'stream';
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly highWaterMarkBytes: number;
  readonly lowWaterMarkBytes: number;
  readonly maxBufferedBytes: number;
  readonly maxMessagesPerSecond: number;
  readonly maxControlFramesPerSecond: number;
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
  /** What connections with these settings receive through. */
  readonly stages: StagePool;
  /** What they send through. */
  readonly encoders: EncoderPool;

  /** @param owner whom errors name */
  constructor(options: ConnectionOptions, owner = 'Connection') {
    const settled = readOptions<Settled>(owner, CONNECTION_OPTIONS, options);
    const [lowWaterMarkBytes, highWaterMarkBytes] = marksOf(owner, settled, options);
    this.role = settled.role;
    this.receive = settled.receive ?? 'whole';
    // Streams are not retained: the size of a message is nothing to bound.
    this.maxMessageBytes = this.receive === 'stream' ? Infinity : settled.maxMessageBytes;
    this.maxFragments = settled.maxFragments;
    this.highWaterMarkBytes = highWaterMarkBytes;
    this.lowWaterMarkBytes = lowWaterMarkBytes;
    this.maxBufferedBytes = settled.maxBufferedBytes;
    this.maxMessagesPerSecond = settled.maxMessagesPerSecond;
    this.maxControlFramesPerSecond = settled.maxControlFramesPerSecond;
    this.closeTimeoutMs = settled.closeTimeoutMs;
    this.clock = settled.clock ?? systemClock;
    this.stages = new StagePool(this);
    this.encoders = new EncoderPool(this.role);
  }
}

type Settled = Pick<ConnectionOptions, 'role' | 'clock' | 'receive'> &
  Readonly<Record<Exclude<keyof ConnectionOptions, 'role' | 'clock' | 'receive'>, number>>;

/** The low mark and the high one. A default gives way to what is given; what is given must not contradict itself. */
function marksOf(owner: string, settled: Settled, given: LimitOptions): [low: number, high: number] {
  const { maxBufferedBytes: max } = settled;
  const high = given.highWaterMarkBytes ?? Math.min(settled.highWaterMarkBytes, max);
  const low = given.lowWaterMarkBytes ?? Math.min(settled.lowWaterMarkBytes, Math.floor(high / 4));
  // A peer would be given up before anyone was told to wait.
  if (high > max)
    throw contradiction(owner, `highWaterMarkBytes (${high}) must not be above maxBufferedBytes (${max})`);
  // `drain` would come while `send` still says stop.
  if (low >= high) throw contradiction(owner, `lowWaterMarkBytes (${low}) must be below highWaterMarkBytes (${high})`);
  return [low, high];
}

function contradiction(owner: string, rule: string): UsageError {
  return new UsageError('ERR_SOKKER_OPTION', `${owner}: ${rule}`);
}

/** @throws UsageError `ERR_SOKKER_ARGUMENT` where messages are received in another way than who asks for them expects */
export function expectReceive({ receive }: ConnectionSettings, expected: 'whole' | 'stream'): void {
  if (receive === expected) return;
  throw new UsageError('ERR_SOKKER_ARGUMENT', `this connection was made with receive: '${receive}', not '${expected}'`);
}
