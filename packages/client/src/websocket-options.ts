import type { ConnectOptions } from './options.js';

/** What the browser's interfaces take beyond the standard: the options of `connect` that fit them. */
export type WebSocketOptions = Omit<ConnectOptions, 'subprotocols' | 'context' | 'receive'>;

/**
 * Options for `connect`. The browser's interface lets `send` be called without regard to how much waits, so that a slow
 * peer is not cut off, as it would be by `connect`'s own default; `bufferedAmount` is there to look at.
 */
export function optionsFor(
  protocols: readonly string[],
  options: WebSocketOptions,
  signal: AbortSignal,
): ConnectOptions {
  const given = options.signal;
  return {
    maxBufferedBytes: Infinity,
    ...options,
    subprotocols: protocols,
    signal: given === undefined ? signal : AbortSignal.any([given, signal]),
  };
}
