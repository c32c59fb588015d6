/** Plays the bytes of a frame fixture over an open connection, to whoever echoes at its other end. */
import type { FrameFixture } from '../fixture.js';
import { bytesOf } from '../hex.js';
import { endsEarly } from '../frame-verdict.js';
import { lastPingOf, messagesOf, type Seen } from './echo-verdict.js';
import type { Opened } from './opened.js';

/** How long the other end is waited for. */
export interface Waits {
  /** For a failure that is due, or for what must not happen: milliseconds. */
  readonly patienceMs: number;
  /** For what must come: milliseconds. */
  readonly timeoutMs: number;
}

/**
 * A Ping behind a fixture's bytes: who answers it has dealt with all that came before. No fixture of legal bytes ends inside a
 * frame, where it would be read as payload.
 */
const SENTINEL = Buffer.from('fixture read');
export const SENTINEL_HEX = SENTINEL.toString('hex');

/** The frame of that Ping: masked with zeros, which leave the payload as it is, or not masked. */
export function sentinelFor({ role }: Pick<FrameFixture, 'role'>): Buffer {
  const isMasked = role === 'server';
  const head = isMasked ? [0x89, 0x80 | SENTINEL.length, 0, 0, 0, 0] : [0x89, SENTINEL.length];
  return Buffer.concat([Buffer.from(head), SENTINEL]);
}

export class Play {
  readonly #opened: Opened;
  readonly #fixture: FrameFixture;
  readonly #bytes: Buffer;
  readonly #waits: Waits;

  constructor(opened: Opened, fixture: FrameFixture, waits: Waits) {
    this.#opened = opened;
    this.#fixture = fixture;
    this.#bytes = bytesOf(fixture.hex);
    this.#waits = waits;
  }

  /** Plays it one byte at a time, or whole, with a pause behind the byte at which it must fail. */
  run(byteByByte: boolean): Promise<Seen> {
    return byteByByte ? this.#byteByByte() : this.#whole();
  }

  async #whole(): Promise<Seen> {
    const { link } = this.#opened;
    const { detectAt } = this.#fixture.expect;
    const decisive = detectAt === null ? this.#bytes.length : detectAt + 1;
    link.write(this.#bytes.subarray(0, decisive));
    if (decisive === this.#bytes.length || (await this.#ends(this.#waits.patienceMs)))
      return this.#outcome(false, false);
    link.write(this.#bytes.subarray(decisive));
    return this.#outcome(true, false);
  }

  async #byteByByte(): Promise<Seen> {
    await this.#opened.link.trickle(this.#bytes, () => this.#isOver);
    return this.#outcome(false, true);
  }

  get #isOver(): boolean {
    return this.#opened.echoes().isOver || this.#opened.link.ended;
  }

  #ends(milliseconds: number): Promise<boolean> {
    return this.#opened.link.until(() => this.#isOver, milliseconds);
  }

  async #outcome(isLate: boolean, byteByByte: boolean): Promise<Seen> {
    const isSlow = await this.#settle();
    const { messages, pongs, close, wrong } = this.#opened.echoes();
    const hasEnded = this.#opened.link.ended;
    const goesOn = pongs.includes(SENTINEL_HEX);
    return { messages, pongs, close, wrong, hasEnded, goesOn, isLate: isLate || isSlow, byteByByte };
  }

  /** Waits for all that these bytes bring about. Answers whether a failure that was due came too late. */
  async #settle(): Promise<boolean> {
    const { events, closeCode } = this.#fixture.expect;
    if (closeCode !== null) return this.#settleFailure();
    if (events.some(({ type }) => type === 'close')) await this.#settleClose();
    else await this.#settleLife();
    return false;
  }

  /** A server ends TCP behind its Close (RFC 6455 §7.1.1): until then something may come that must not. */
  async #settleClose(): Promise<void> {
    const { link, echoes } = this.#opened;
    await this.#ends(this.#waits.timeoutMs);
    const isDone = (): boolean => echoes().wrong !== undefined || link.ended;
    if (this.#fixture.role === 'server') await link.until(isDone, this.#waits.patienceMs);
  }

  /** Only who goes on afterwards has accepted what is wrong: others may be slow. */
  async #settleFailure(): Promise<boolean> {
    if ((await this.#ends(this.#waits.patienceMs)) || endsEarly(this.#fixture)) return false;
    await this.#pingUntil(() => true);
    return this.#isOver;
  }

  async #settleLife(): Promise<void> {
    const { link, echoes } = this.#opened;
    const { events } = this.#fixture.expect;
    const messages = messagesOf(events).length;
    const ping = lastPingOf(events);
    const isAnswered = (): boolean =>
      this.#isOver || (echoes().messages.length >= messages && (ping === undefined || echoes().pongs.includes(ping)));
    // Of two Pings that wait, the first may stay without a Pong (RFC 6455 §5.5.3).
    await link.until(isAnswered, this.#waits.timeoutMs);
    await this.#pingUntil(isAnswered);
  }

  async #pingUntil(isAnswered: () => boolean): Promise<void> {
    const { link, echoes } = this.#opened;
    link.write(sentinelFor(this.#fixture));
    const hasPong = (): boolean => echoes().pongs.includes(SENTINEL_HEX);
    await link.until(() => this.#isOver || (isAnswered() && hasPong()), this.#waits.timeoutMs);
  }
}
