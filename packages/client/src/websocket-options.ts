import { readOptions, type OptionTable, type ValueOption } from '@sokker/frame';
import { FOREIGN_OPTIONS } from './foreign-options.js';
import { CONNECT_OPTIONS, type ConnectOptions } from './options.js';

/** What the browser's interfaces take beyond the standard: the options of `connect` that fit them. */
export type WebSocketOptions = Omit<ConnectOptions, 'subprotocols' | 'context' | 'receive'>;

const PROTOCOLS_PLACE = 'protocols: the second argument of WebSocket, an option of WebSocketStream';
/** Where to find what is of `connect` and does not fit, or of others. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...FOREIGN_OPTIONS,
  ['subprotocols', PROTOCOLS_PLACE],
  ['protocols', PROTOCOLS_PLACE],
  ['protocol', PROTOCOLS_PLACE],
  ['context', 'connect, which has it'],
  ['receive', 'connect, which has it'],
]);

const OPTIONS: OptionTable = Object.fromEntries(
  Object.entries(CONNECT_OPTIONS).filter(([name]) => !ELSEWHERE.has(name)),
);
/** Judged as the standard says, not here. */
const PROTOCOLS: ValueOption = {
  kind: 'value',
  default: 'none',
  expected: 'a string or an array of unique tokens',
  text: 'Subprotocols to offer, most wanted first.',
  accepts: () => true,
};
const STREAM_OPTIONS: OptionTable = { ...OPTIONS, protocols: PROTOCOLS };

/**
 * Judges what a constructor was given, before anything is made of it.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function checkOptions(owner: 'WebSocket' | 'WebSocketStream', given: object): void {
  readOptions<unknown>(owner, owner === 'WebSocket' ? OPTIONS : STREAM_OPTIONS, given, ELSEWHERE);
}

/**
 * Options for `connect`. The browser's interface lets `send` be called without regard to how much waits, so that a slow
 * peer is not cut off, as it would be by `connect`'s own default; `bufferedAmount` is there to look at.
 */
export function optionsFor(
  protocols: readonly string[],
  options: WebSocketOptions,
  signal: AbortSignal,
): ConnectOptions {
  const { signal: given, maxBufferedBytes = Infinity } = options;
  return {
    ...options,
    maxBufferedBytes,
    subprotocols: protocols,
    signal: given === undefined ? signal : AbortSignal.any([given, signal]),
  };
}
