import type { ClosePayload } from '@sokker/frame';
import { CloseCode } from '@sokker/frame';
import type { Clock } from './clock.js';
import type { CloseRecord } from './close-record.js';
import { connectionLost } from './errors.js';

/** Open until one side says Close or breaks off, closed when the socket is gone (RFC 6455 §7.1). */
export type ConnectionState = 'open' | 'closing' | 'closed';

/** As long as so many bytes leave within `PATIENCE` times what a closing handshake may take, the Close waits behind them. */
const STREAM_BYTES = 64 * 1024;
const PATIENCE = 12;

/** The closing handshake as values: who said what when, and so how the connection will have ended (RFC 6455 §7). */
export class Closing {
  readonly #clock: Clock;
  #timer: unknown;
  /** Starts the timer, with what it was first given. */
  #startAnew: (() => void) | undefined;
  /** Bytes that have moved since so many were last seen to, and until when fewer are enough. */
  #movedBytes = 0;
  #patientUntil = 0;
  #patienceMs = 0;
  #sent: ClosePayload | undefined;
  #received: ClosePayload | undefined;
  /** The Close that an error of ours stands for, sent or not: what there is to report where the peer sent none. */
  #verdict: ClosePayload | undefined;
  /** Who began to end it. */
  #by: CloseRecord['by'] | undefined;
  /** Who broke off what should have been a handshake, and when. */
  #brokenBy: CloseRecord['by'] | undefined;
  #phase: CloseRecord['phase'] = 'open';
  #error: Error | undefined;
  /** The error that was told last, and whether it is being told at the moment. */
  #told: Error | undefined;
  #telling = false;
  #over = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): ConnectionState {
    if (this.#over) return 'closed';
    return this.#by === undefined ? 'open' : 'closing';
  }

  /** Whether we have said Close, though it may still wait behind a message. */
  get sent(): boolean {
    return this.#sent !== undefined;
  }

  /** Whether both sides have sent a Close (RFC 6455 §7.1.4). */
  get shaken(): boolean {
    return this.#sent !== undefined && this.#received !== undefined;
  }

  /** Whether something went wrong before. */
  get failed(): boolean {
    return this.#error !== undefined;
  }

  sendClose(payload: ClosePayload): void {
    this.#sent = payload;
    if (this.#error !== undefined) this.#verdict = payload;
    this.#by ??= 'us';
  }

  receiveClose(payload: ClosePayload): void {
    this.#received = payload;
    this.#by ??= 'peer';
  }

  /**
   * Something went wrong; the first error stands.
   * @param code the close code that it stands for, if there is one
   */
  fail(error: Error, by: CloseRecord['by'], code?: number): void {
    this.#error ??= error;
    if (code !== undefined && this.#error === error) this.#verdict ??= { code, reason: '' };
    this.lose(by);
  }

  /**
   * Calls `tell`, unless this error was told, or one is being told: who hears of it may end the connection with it, or fail
   * by one that it is the cause of, having waited for something.
   */
  tell(error: Error, tell: () => void): void {
    const told = this.#told;
    if (this.#telling || (told !== undefined && (error === told || error.cause === told))) return;
    this.#told = error;
    this.#telling = true;
    try {
      tell();
    } finally {
      this.#telling = false;
    }
  }

  /** The socket is going without a word, by whoever's doing. */
  lose(by: CloseRecord['by']): void {
    this.#by ??= by;
    if (this.#brokenBy !== undefined) return;
    this.#brokenBy = by;
    if (this.#sent !== undefined || this.#received !== undefined) this.#phase = 'closing';
  }

  /**
   * Calls back when nothing has moved for `ms` milliseconds; the first call counts. The socket may be gone before, with
   * messages left that nobody took; whoever waits for the record must still get it.
   * @param untaken bytes of a message that is being taken once the socket is gone: as they change, the time begins anew
   * @param sent how many bytes have left the socket so far: as they become more it does so too, see `moved`
   */
  startTimer(ms: number, untaken: () => number, sent: () => number, onTimeout: () => void): void {
    if (this.#startAnew !== undefined) return;
    this.#patienceMs = PATIENCE * ms;
    this.#patientUntil = this.#clock.now() + this.#patienceMs;
    this.#startAnew = () => {
      const before = { untaken: untaken(), sent: sent() };
      const expire = (): void => {
        this.#timer = undefined;
        const left = sent() - before.sent;
        if (untaken() === before.untaken && (left <= 0 || !this.#hasPatience(left))) onTimeout();
        else this.#startAnew?.();
      };
      this.#timer = this.#clock.setTimeout(expire, ms, true);
    };
    this.#startAnew();
  }

  /**
   * What was sent before the Close goes on leaving, or what came before the end is being taken: the time begins anew. Not
   * for ever by drips: a peer may be what feeds them.
   * @param bytes that left; Infinity where that is for the application to say
   */
  moved(bytes: number): void {
    if (this.#timer === undefined || !this.#hasPatience(bytes)) return;
    this.#clock.clearTimeout(this.#timer);
    this.#startAnew?.();
  }

  /** Counts what has moved, when it was handed over or when it left; whether that is enough to wait on. */
  #hasPatience(bytes: number): boolean {
    const now = this.#clock.now();
    this.#movedBytes += bytes;
    if (this.#movedBytes >= STREAM_BYTES) {
      this.#movedBytes = 0;
      this.#patientUntil = now + this.#patienceMs;
    }
    return now < this.#patientUntil;
  }

  /**
   * The socket is gone: what there is to say about it, once.
   * @param said whether our Close has left, if there is one
   */
  finish(said: boolean): CloseRecord {
    this.#over = true;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    // A duplex may call back for its last write when it is gone.
    this.#timer = undefined;
    // RFC 6455 §7.1.5: a Close of ours that nobody answered settles nothing.
    const settled = this.#received ?? this.#verdict;
    if (settled === undefined && this.#brokenBy !== 'us') {
      this.fail(connectionLost(), 'network');
    }
    if (this.shaken && !said) this.lose('network');
    const clean = said && this.shaken && this.#error === undefined;
    return {
      code: settled?.code ?? CloseCode.abnormal,
      reason: settled?.reason ?? '',
      clean,
      by: this.#by ?? 'network',
      phase: clean ? 'open' : this.#phase,
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
  }
}
