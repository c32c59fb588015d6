import type { ClosePayload } from '@sokker/frame';
import { CloseCode } from '@sokker/frame';
import type { Clock } from './clock.js';
import type { CloseRecord } from './close-record.js';
import { NEXT, type ConnectionState } from './state.js';

type Event = 'sendClose' | 'receiveClose' | 'fail' | 'lose' | 'socketGone';

/** The closing handshake as values: who said what when, and so how the connection will have ended (RFC 6455 §7). */
export class Closing {
  state: ConnectionState = 'open';
  readonly #clock: Clock;
  #timer: unknown;
  #sent: ClosePayload | undefined;
  #received: ClosePayload | undefined;
  /** The Close that an error of ours stands for, sent or not: what there is to report where the peer sent none. */
  #verdict: ClosePayload | undefined;
  #by: CloseRecord['by'] | undefined;
  #phase: CloseRecord['phase'] = 'open';
  #error: Error | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether we have sent a Close: nothing may follow it (RFC 6455 §5.5.1). */
  get sent(): boolean {
    return this.#sent !== undefined;
  }

  /** Whether both sides have sent a Close (RFC 6455 §7.1.4). */
  get shaken(): boolean {
    return this.#sent !== undefined && this.#received !== undefined;
  }

  sendClose(payload: ClosePayload): void {
    this.#sent = payload;
    if (this.#error !== undefined) this.#verdict = payload;
    this.#begin('us');
    this.#move('sendClose');
  }

  receiveClose(payload: ClosePayload): void {
    this.#received = payload;
    this.#begin('peer');
    this.#move('receiveClose');
  }

  /**
   * Something went wrong; the first error stands.
   * @param code the close code that it stands for, if there is one
   */
  fail(error: Error, by: CloseRecord['by'], code?: number): void {
    this.#error ??= error;
    if (code !== undefined) this.#verdict ??= { code, reason: '' };
    this.#begin(by);
    this.#move('fail');
  }

  /** The socket is going without a word, by whoever's doing. */
  lose(by: CloseRecord['by']): void {
    this.#begin(by);
    this.#move('lose');
  }

  /** Calls back when the closing handshake has taken `ms` milliseconds from now; the first call counts. */
  startTimer(ms: number, onTimeout: () => void): void {
    this.#timer ??= this.#clock.setTimeout(onTimeout, ms);
  }

  /** The socket is gone: what there is to say about it, once. */
  finish(): CloseRecord {
    this.#move('socketGone');
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    // RFC 6455 §7.1.5: a Close of ours that nobody answered settles nothing.
    const settled = this.#received ?? this.#verdict;
    return {
      code: settled?.code ?? CloseCode.abnormal,
      reason: settled?.reason ?? '',
      clean: this.shaken && this.#error === undefined,
      by: this.#by ?? 'network',
      phase: this.#phase,
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
  }

  #begin(by: CloseRecord['by']): void {
    if (this.#by !== undefined) return;
    this.#by = by;
    this.#phase = this.state === 'closing' ? 'closing' : 'open';
  }

  #move(event: Event): void {
    const row: Partial<Record<Event, ConnectionState>> = NEXT[this.state];
    this.state = row[event] ?? this.state;
  }
}
