/* Asks the application what the next attempt is to be made with, where what the first one had is used up by then: a
 * ticket for one use, a token that expires. */
import { readOptions, UsageError, type OptionTable, type ValueOption } from '@sokker/frame';
import type { HeadersInput } from '@sokker/handshake';
import { unlessAborted } from './deadline.js';
import { codeOf, ConnectError } from './errors.js';
import { CONNECT_OPTIONS, listed } from './options.js';

/** What an attempt of `connect.forever` is made with, in the place of what the loop was given. */
export interface Renewed {
  /** Where to connect to; default: the URL that `connect.forever` was given. */
  readonly url?: string | URL | undefined;
  /** All headers to add; default: those of the option `headers`. */
  readonly headers?: HeadersInput | undefined;
}

/** @param signal aborts when the loop ends: what is answered then is not used */
export type Renew = (signal: AbortSignal) => Renewed | Promise<Renewed>;

const url: ValueOption = {
  kind: 'value',
  default: 'that of the loop',
  expected: 'a URL',
  text: 'Where to connect to.',
  accepts: (given) => typeof given === 'string' || given instanceof URL,
};
const RENEWED = { url, headers: CONNECT_OPTIONS.headers } satisfies OptionTable;

/**
 * Rejects with the signal's reason once that aborts, and nobody waits for `renew` any longer; with ConnectError
 * `ERR_SOKKER_RENEW` where it fails; with UsageError for an answer that is none.
 */
export async function renewed(renew: Renew, signal: AbortSignal): Promise<Renewed> {
  const answer = await unlessAborted<unknown>(signal, (resolve, reject) => {
    const asked = (async () => renew(signal))();
    asked.then(resolve, (cause: unknown) =>
      reject(new ConnectError('ERR_SOKKER_RENEW', { cause, detail: codeOf(cause) })),
    );
  });
  signal.throwIfAborted();
  const { headers, ...where } = readOptions<Renewed>('renew', RENEWED, objectOf(answer));
  return { ...where, headers: listed(headers) };
}

/** What is none is not shown: it may be a URL with a ticket. */
function objectOf(answer: unknown): object {
  if (typeof answer === 'object' && answer !== null) return answer;
  throw new UsageError('ERR_SOKKER_ARGUMENT', 'renew must answer an object, such as { url } or { headers }');
}
