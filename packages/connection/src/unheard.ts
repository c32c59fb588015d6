import { channels } from './channels.js';
import type { ConnectionState } from './closing.js';
import type { Connection } from './connection.js';
import type { ConnectionOwner } from './events.js';

/**
 * A promise whose rejection need not be heard: it says that the connection has ended, and `close` says so too, or that its
 * peer is too slow, as an event does. Else whoever does not await it would find the process ended by an unhandled rejection.
 */
export function unheard<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/** A promise that is rejected, and need not be heard either. */
export function rejected(reason: unknown): Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  return unheard(Promise.reject(reason));
}

/**
 * Whether a handler waited for what the end has cut off, and so only hears of that: no fault of its own. One for `close`
 * has begun behind the end.
 */
export function isOfEnd(thrown: Error, { state }: { readonly state: ConnectionState }, event?: unknown): boolean {
  return event !== 'close' && state !== 'open' && (thrown as NodeJS.ErrnoException).code === 'ERR_SOKKER_CLOSED';
}

/** Whether what an application's own handler throws is told to someone. */
export function hearsErrors<Context>(connection: Connection<Context>, owner?: ConnectionOwner<Context>): boolean {
  return connection.listenerCount('error') > 0 || owner?.hearsErrors?.() === true;
}

/**
 * The application failed in a handler of its own, and nobody would learn of it: the process says so, as it does of other
 * failures that nobody catches, but goes on.
 */
export function warnUnheard(fault: Error): void {
  if (channels.error.hasSubscribers) return;
  process.emitWarning('a handler failed where nobody listens for `error`', {
    type: 'SokkerWarning',
    code: 'SOKKER_UNHEARD',
    detail: fault.stack ?? fault.message,
  });
}
