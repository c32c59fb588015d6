import type { Clock } from '@sokker/connection';
import { ConnectError } from './errors.js';
import type { ViolationCode } from './violations.js';

/** What an attempt can be waiting for, and the error where that takes too long. */
const PHASES = {
  connect: 'ERR_SOKKER_CONNECT_TIMEOUT',
  tls: 'ERR_SOKKER_TLS_TIMEOUT',
  handshake: 'ERR_SOKKER_HANDSHAKE_TIMEOUT',
} as const satisfies Record<string, ViolationCode>;
export type Phase = keyof typeof PHASES;

/** The time limit of the phase at hand and the caller's own signal, as one signal. */
export class Deadline {
  readonly #clock: Clock;
  readonly #caller: AbortSignal | undefined;
  readonly #controller = new AbortController();
  #timer: unknown;

  constructor(clock: Clock, caller: AbortSignal | undefined) {
    this.#clock = clock;
    this.#caller = caller;
    caller?.addEventListener('abort', this.#onCaller);
    if (caller?.aborted === true) this.#onCaller();
  }

  /** Aborts with the error to reject with. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A phase begins; the one before it is over. */
  start(phase: Phase, ms: number): void {
    this.pause();
    this.#timer = this.#clock.setTimeout(() => this.#controller.abort(new ConnectError(PHASES[phase])), ms);
  }

  /** No phase is under way. */
  pause(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The attempt is over: no timer and no listener stays behind. */
  end(): void {
    this.pause();
    this.#caller?.removeEventListener('abort', this.#onCaller);
  }

  readonly #onCaller = (): void => this.#controller.abort(this.#caller?.reason);
}

/** Runs `task`, which settles through its callbacks, unless the signal aborts first: then `abandon` cleans up. */
export function unlessAborted<Result>(
  signal: AbortSignal,
  task: (resolve: (result: Result) => void, reject: (error: Error) => void) => void,
  abandon: () => void = () => undefined,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      abandon();
      reject(signal.reason as Error);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const release = (): void => signal.removeEventListener('abort', onAbort);
    task(
      (result) => {
        release();
        resolve(result);
      },
      (error) => {
        release();
        reject(error);
      },
    );
  });
}
