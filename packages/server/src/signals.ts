import { asError, systemClock } from '@sokker/connection';
import { readOptions, shown, UsageError } from '@sokker/frame';
import { constants } from 'node:os';
import {
  settleDrain,
  SIGNAL_OPTIONS,
  type DrainOptions,
  type DrainSettings,
  type SignalOptions,
} from './drain-options.js';
import type { DrainReport } from './drain.js';

/** A SokkerServer of any context. */
export interface Drainable {
  drain(options?: DrainOptions): Promise<DrainReport>;
}

/**
 * Drains servers when the process is told to end. Afterwards nothing of theirs keeps it alive: it exits by itself, as
 * soon as what `onSignal` and `onDrained` end has ended too.
 * @returns undoes it
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
 */
export function drainOnSignals(servers: Drainable | Iterable<Drainable>, options: SignalOptions = {}): () => void {
  const settled = readOptions<SignalOptions & DrainSettings>('drainOnSignals', SIGNAL_OPTIONS, options);
  const { signals = DEFAULT_SIGNALS, onSignal, onDrained, ...drain } = settleDrain('drainOnSignals', settled, options);
  checkSignals(signals);
  const all = drainablesIn(servers);
  // Each once: one that is listed twice drains once all the same.
  const awaited = new Set(signals);
  const undo = (): void => {
    for (const signal of awaited) process.off(signal, begin);
  };
  const drainAll = (): void =>
    void attempt('drain', async () => {
      const drained = await Promise.allSettled(all.map(async (server) => server.drain(drain)));
      const reports = drained.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      await attempt('onDrained', () => onDrained?.(reports));
      for (const each of drained) if (each.status === 'rejected') throw each.reason;
    });
  const begin = (signal: NodeJS.Signals): void => {
    undo();
    const told = attempt('onSignal', () => onSignal?.(signal));
    if (told === undefined) return drainAll();
    // Not for ever: it may wait for what the drain alone ends, such as an http server that is being closed.
    let timer: unknown;
    const enough = new Promise<void>((resolve) => (timer = systemClock.setTimeout(resolve, drain.deadlineMs, true)));
    void Promise.race([told, enough]).then(() => {
      systemClock.clearTimeout(timer);
      drainAll();
    });
  };
  for (const signal of awaited) process.on(signal, begin);
  return undo;
}

/**
 * What fails here must not end the process while others are being drained, and has no `error` event to be told by.
 * @returns where the handler answers a promise, one that resolves when that is settled
 */
function attempt(name: string, handler: () => unknown): Promise<void> | undefined {
  const warn = (thrown: unknown): void => {
    const { stack, message } = asError(thrown);
    process.emitWarning(`drainOnSignals: ${name} failed`, {
      type: 'SokkerWarning',
      code: 'SOKKER_UNHEARD',
      detail: stack ?? message,
    });
  };
  try {
    const answer = handler();
    const { then } = (answer ?? {}) as Partial<PromiseLike<unknown>>;
    return typeof then === 'function' ? Promise.resolve(answer).then(() => undefined, warn) : undefined;
  } catch (thrown) {
    warn(thrown);
    return undefined;
  }
}

const DEFAULT_SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];
/** Those of this system, and the one that only Windows sends: Node.js has it listened for anywhere. */
const SIGNALS: ReadonlySet<string> = new Set([...Object.keys(constants.signals), 'SIGBREAK']);
const UNCATCHABLE: readonly string[] = ['SIGKILL', 'SIGSTOP'];

/** @throws UsageError `ERR_SOKKER_OPTION` for one that never comes */
function checkSignals(signals: readonly string[]): void {
  for (const signal of signals) {
    if (!SIGNALS.has(signal)) {
      throw wrongSignal(`names of signals of this system, such as 'SIGTERM', not ${shown(signal)}`);
    }
    if (UNCATCHABLE.includes(signal)) {
      throw wrongSignal(`such as a process can catch, not ${shown(signal)}: leave it out`);
    }
  }
}

function wrongSignal(rule: string): UsageError {
  return new UsageError('ERR_SOKKER_OPTION', `drainOnSignals: signals must be ${rule}`);
}

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what cannot be drained */
function drainablesIn(servers: Drainable | Iterable<Drainable> | null): readonly Drainable[] {
  const isSeveral = typeof servers === 'object' && servers !== null && Symbol.iterator in servers;
  const all: readonly unknown[] = isSeveral ? [...servers] : [servers];
  return all.map((each) => {
    if (isDrainable(each)) return each;
    const rule = `drainOnSignals takes a SokkerServer, or an iterable of them, not ${shown(each)}`;
    throw new UsageError('ERR_SOKKER_ARGUMENT', `${rule}: end anything else in onDrained`);
  });
}

function isDrainable(value: unknown): value is Drainable {
  return typeof (value as Partial<Drainable> | null | undefined)?.drain === 'function';
}
