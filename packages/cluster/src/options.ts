import { CONNECTION_OPTIONS, MAX_TIMER_MS, type Clock } from '@sokker/connection';
import { bytesOption, readOptions, type MessageType, type NumberOption, type OptionTable } from '@sokker/frame';
import { BROADCAST_OPTIONS, type BroadcastOptions } from '@sokker/server';
import { isShareable } from './channel-names.js';

const MIB = 1024 * 1024;
export const DEFAULT_PREFIX = 'sokker';
/** Every broker takes these as they are. */
const PREFIX = /^[\w-]+(?:\.[\w-]+)*$/;

export interface ClusterOptions {
  /** Of messages that the backplane has not taken yet, each with 2 KiB more: bytes; default 32 MiB. Beyond, broadcasts stay here. */
  maxPendingBytes?: number | undefined;
  /** How long `close` waits for the backplane to take what was published: ms, default 5 s. */
  closeTimeoutMs?: number | undefined;
  /** Source of time and timers; default: the process's own. */
  clock?: Clock | undefined;
}

export const CLUSTER_OPTIONS = {
  maxPendingBytes: bytesOption(
    32 * MIB,
    'Of messages that the backplane has not taken yet, each with 2 KiB more. Where so much waits, a broadcast goes to clients of this server alone.',
  ),
  closeTimeoutMs: msOption('How long `close` waits for the backplane to take what was published.'),
  clock: CONNECTION_OPTIONS.clock,
} as const satisfies OptionTable;

/** Every option, settled. */
export interface ClusterSettings {
  readonly maxPendingBytes: number;
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
}

/** As those of `server.broadcast`, but for `to`: connections are of one server alone. */
export interface ClusterBroadcastOptions<Context = unknown> {
  /** A topic; default: every client of every server. */
  to?: string | undefined;
  /** Who is left out: a topic, whose subscribers are on every server; or a connection of this one, or several. */
  except?: BroadcastOptions<Context>['except'];
  /** With the policy 'keep-latest' of a server: where a message waits under this key, it gives up its place to this one. */
  key?: string | undefined;
  /** Default: text for a string, binary for bytes. */
  type?: MessageType | undefined;
  /** Whether a negotiated extension may compress it; default true. */
  compress?: boolean | undefined;
}

export const CLUSTER_BROADCAST_OPTIONS = {
  ...BROADCAST_OPTIONS,
  to: {
    kind: 'value',
    default: 'every client of every server',
    expected: 'the name of one topic, of well-formed Unicode and 1024 bytes at most',
    accepts: (value) => typeof value === 'string' && isShareable(value),
    text: 'Who gets it: those who joined a topic, on whatever server.',
  },
  except: {
    ...BROADCAST_OPTIONS.except,
    text: 'Who is left out: those who joined a topic, on whatever server, or the connections given, of this one.',
  },
} as const satisfies OptionTable;

export interface BackplaneOptions {
  /** What channels of this cluster begin with: clusters with another hear nothing of each other. Default 'sokker'. */
  prefix?: string | undefined;
}

export const BACKPLANE_OPTIONS = {
  prefix: {
    kind: 'value',
    default: `'${DEFAULT_PREFIX}'`,
    expected: 'letters, digits, - and _, and . between them',
    accepts: (value) => typeof value === 'string' && PREFIX.test(value),
    text: 'What channels of this cluster begin with: clusters with another hear nothing of each other.',
  },
} as const satisfies OptionTable;

/** @throws UsageError `ERR_SOKKER_OPTION` */
export function prefixOf(call: string, options: BackplaneOptions): string {
  const { prefix } = readOptions<BackplaneOptions>(call, BACKPLANE_OPTIONS, options);
  return prefix ?? DEFAULT_PREFIX;
}

export interface ProcessOptions extends BackplaneOptions {
  /** How long the primary may take to answer before it is asked again: ms, default 5 s. */
  answerTimeoutMs?: number | undefined;
  /** Source of time and timers; default: the process's own. */
  clock?: Clock | undefined;
}

export const PROCESS_OPTIONS = {
  ...BACKPLANE_OPTIONS,
  answerTimeoutMs: msOption('How long the primary may take to answer before it is asked again.'),
  clock: CONNECTION_OPTIONS.clock,
} as const satisfies OptionTable;

export interface RelayOptions {
  /** Of messages that one worker has not taken yet, each with 1 KiB more: bytes; default 16 MiB. Beyond, they are lost to it. */
  maxWaitingBytes?: number | undefined;
}

export const RELAY_OPTIONS = {
  maxWaitingBytes: bytesOption(
    16 * MIB,
    'Of messages that one worker has not taken yet, each with 1 KiB more. What comes beyond is lost to it; it hears of a `gap` when it has caught up.',
  ),
} as const satisfies OptionTable;

function msOption(text: string): NumberOption {
  return { kind: 'number', default: 5000, unit: 'ms', min: 1, max: MAX_TIMER_MS, infinity: false, text };
}
