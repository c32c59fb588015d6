import { MAX_TIMER_MS } from '@sokker/connection';
import { isCloseCode, MAX_REASON_BYTES, UsageError, type OptionTable } from '@sokker/frame';
import type { DrainReport } from './drain.js';

export interface DrainOptions {
  /** When those who have not gone are cut: ms, 1 to 2³¹−1, default 30 000. */
  deadlineMs?: number | undefined;
  /** Over how long the Close frames are spread: ms, 0 to below `deadlineMs`, default 5000 or half of it, whichever is less. */
  spreadMs?: number | undefined;
  /** The close code: 1000 to 1003, 1007 to 1014, 3000 to 4999; default 1001 going away; 1012 says restart. */
  code?: number | undefined;
  /** The reason beside it: at most 123 bytes as UTF-8, default ''. */
  reason?: string | undefined;
}

export interface SignalOptions extends DrainOptions {
  /** Signals that begin the drain; default SIGTERM and SIGINT. A second one ends the process as it always did. */
  signals?: readonly NodeJS.Signals[] | undefined;
  /**
   * Called when the signal has come, to say so where the process is asked for its health; in a worker of node:cluster,
   * `() => cluster.worker?.disconnect()`, since its channel to the primary keeps it alive. Where it answers a promise, the
   * drain begins when that is settled, after `deadlineMs` at the latest. A failure is a process warning.
   */
  onSignal?: ((signal: NodeJS.Signals) => void) | ((signal: NodeJS.Signals) => PromiseLike<void>) | undefined;
  /**
   * Called when every server is drained, with their reports in order, to log them, and to end what else keeps the process
   * alive, such as an http server. A failure is a process warning.
   */
  onDrained?:
    ((reports: readonly DrainReport[]) => void) | ((reports: readonly DrainReport[]) => PromiseLike<void>) | undefined;
}

export const DRAIN_OPTIONS = {
  deadlineMs: {
    kind: 'number',
    default: 30_000,
    unit: 'ms',
    min: 1,
    max: MAX_TIMER_MS,
    infinity: false,
    text: 'When the connections that have not ended are cut.',
  },
  spreadMs: {
    kind: 'number',
    default: 5000,
    unit: 'ms',
    min: 0,
    max: MAX_TIMER_MS,
    infinity: false,
    text: 'Over how long the Close frames are spread, so that the clients do not all come back at once. Below deadlineMs; the default is no more than half of it.',
  },
  code: {
    kind: 'value',
    default: '1001',
    expected: 'a close code: 1000 to 1003, 1007 to 1014, 3000 to 4999',
    accepts: (value) => typeof value === 'number' && isCloseCode(value),
    text: 'The close code; 1012 says that the server restarts.',
  },
  reason: {
    kind: 'value',
    default: "''",
    expected: 'a string of at most 123 bytes as UTF-8',
    accepts: (value) => typeof value === 'string' && Buffer.byteLength(value) <= MAX_REASON_BYTES,
    text: 'The reason beside the code.',
  },
} as const satisfies OptionTable;

export const SIGNAL_OPTIONS = {
  ...DRAIN_OPTIONS,
  signals: {
    kind: 'value',
    default: 'SIGTERM and SIGINT',
    expected: 'an array of names of signals',
    accepts: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
    text: 'Signals that begin the drain; a second one ends the process as it always did.',
  },
  onSignal: {
    kind: 'value',
    default: 'nothing',
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    text: 'Called when the signal has come, to say so where the process is asked for its health; in a worker of node:cluster to end its channel, by `cluster.worker?.disconnect()`. Where it answers a promise, the drain begins when that is settled, after `deadlineMs` at the latest.',
  },
  onDrained: {
    kind: 'value',
    default: 'nothing',
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    text: 'Called when every server is drained, with their reports in order, to log them, and to end what else keeps the process alive, such as an http server.',
  },
} as const satisfies OptionTable;

export type DrainSettings = Readonly<Record<'deadlineMs' | 'spreadMs', number> & Pick<DrainOptions, 'code' | 'reason'>>;

/**
 * Settled options of which none contradicts another: what was left out gives way to what was given.
 * @param owner whom errors name
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function settleDrain<Settings extends DrainSettings>(
  owner: string,
  settled: Settings,
  given: DrainOptions,
): Settings {
  const { deadlineMs } = settled;
  const spreadMs = given.spreadMs ?? Math.min(settled.spreadMs, Math.floor(deadlineMs / 2));
  if (spreadMs < deadlineMs) return { ...settled, spreadMs };
  // Some would be cut before they were told.
  const rule = `spreadMs (${spreadMs}) must be below deadlineMs (${deadlineMs})`;
  throw new UsageError('ERR_SOKKER_OPTION', `${owner}: ${rule}`);
}
