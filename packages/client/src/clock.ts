import type { Clock } from '@sokker/connection';

/**
 * The process's own monotonic clock. Unlike that of a connection, whose open socket does it, its timers keep the process
 * alive: between two attempts to connect nothing else would.
 */
export const waitingClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/**
 * An HTTP-date (RFC 9110 §5.6.7) in milliseconds. Whatever else `Date.parse` reads is taken too: a header that says when
 * in another form is still best heeded. NaN for the rest.
 */
export function httpDateMs(text: string): number {
  return Date.parse(text);
}
