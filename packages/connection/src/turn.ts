// Hot path: what is sent during one turn of the event loop leaves in one write per connection. One callback serves all
// connections of the turn: a broadcast to thousands schedules once.
//
// The event loop reads all sockets that have something, one after the other. Where there are many reads, what is sent
// meanwhile is kept until all are done, and written then in a row: who is at the other end, often a proxy on the same
// machine, wakes up once for many writes instead of once for each, and who is sent something for several of the reads
// gets that in one write. With 64 connections it takes 0.70 to 0.94 of the processor time with 32 messages in flight on
// each, 0.91 to 0.98 with one (packages/bench, rows "echo"); where few are read it costs up to a tenth. So reads are
// counted.
//
// That must not keep waiting who is answered already. How long it has been is looked at when a read of ours ends; what
// else the event loop calls back meanwhile is known here only when it has happened: then nothing is kept for a while.
import process from 'node:process';
import type { Duplex } from 'node:stream';
import { systemClock, type Clock } from './clock.js';
import { isPlainSocket } from './plain-socket.js';

/** Something with output to write at the end of the turn. */
export interface Flushable {
  readonly duplex: Duplex;
  flush(): void;
}

/** As it was when this was loaded: of those that tests put in its place, some never call back. */
const { setImmediate } = globalThis;

/** While few sockets are read in a turn, the turn after every so many reads is counted. */
export const COUNT_EVERY_READS = 64;
/** Reads of one turn from which on output is kept, and below which it is kept no longer. */
export const MANY_READS = 16;
const FEW_READS = 8;
/** More of one connection is written at once: later it would have left the processor's cache. */
export const SHORT_BYTES = 8 * 1024;
/** Nothing is kept beyond the read that ends so long after the turn began, or with so much in answers kept. */
export const MAX_KEPT_MS = 1;
export const MAX_KEPT_BYTES = 64 * 1024;
/** Where something was kept for longer than this all the same, none is during so many reads. */
export const TOO_LONG_MS = 5;
export const REST_READS = 4096;

export class Turn {
  readonly #clock: Clock;
  /** To be flushed after the code that runs now. */
  #waiting: Flushable[] = [];
  /** To be flushed when all sockets were read. */
  #kept: Flushable[] = [];
  #keptBytes = 0;
  /** When something could be kept first. */
  #keptSince = 0;
  /** In this turn, while it is counted; otherwise since the last that was. */
  #reads = 0;
  /** With the next read a turn begins that is to be counted. */
  #isDue = false;
  #counts = false;
  /** Whether output is kept: in the last turn that was counted there were many reads. */
  #keeps = false;

  constructor(clock = systemClock) {
    this.#clock = clock;
  }

  /** Whether what is sent now is kept until all sockets were read. */
  get isKeeping(): boolean {
    return this.#keeps && this.#counts;
  }

  /** Has `target.flush` called after the code that runs now and the promises it settled are through, or when all is read. */
  schedule(target: Flushable): void {
    if (this.isKeeping && isPlainSocket(target.duplex)) this.#kept.push(target);
    else if (this.#waiting.push(target) === 1) process.nextTick(this.#flushWaiting);
  }

  /** Something was read from a duplex. */
  reads(duplex: Duplex): void {
    if (!isPlainSocket(duplex)) return;
    this.#reads++;
    if (this.#counts) return;
    if (this.#keeps || this.#isDue) this.#count();
    // Whole turns are counted: sockets that are served in step would bring the same part of one every time.
    else if (this.#reads === COUNT_EVERY_READS) setImmediate(this.#beDue);
  }

  /**
   * To be called when what was read from the duplex of `target` has been dealt with.
   * @param bytes that it has to write
   * @returns whether its `flush` is called when all is read; otherwise that is the caller's to do
   */
  keeps(target: Flushable, bytes: number): boolean {
    if (!this.isKeeping || !isPlainSocket(target.duplex)) return false;
    const isKept = bytes > 0 && bytes <= SHORT_BYTES;
    if (isKept) {
      this.#kept.push(target);
      this.#keptBytes += bytes;
    }
    if (this.#keptBytes >= MAX_KEPT_BYTES || this.#keptFor(MAX_KEPT_MS)) this.#flushKept();
    return isKept;
  }

  #keptFor(ms: number): boolean {
    return this.#kept.length > 0 && this.#clock.now() - this.#keptSince >= ms;
  }

  readonly #beDue = (): void => {
    this.#isDue = true;
  };

  /** The event loop calls back as soon as it has read all sockets that it found ready. */
  #count(): void {
    this.#isDue = false;
    this.#counts = true;
    this.#reads = 1;
    this.#keptSince = this.#clock.now();
    setImmediate(this.#endCount);
  }

  readonly #endCount = (): void => {
    const wasTooLong = this.#keptFor(TOO_LONG_MS);
    this.#counts = false;
    this.#keeps = !wasTooLong && this.#reads >= (this.#keeps ? FEW_READS : MANY_READS);
    this.#reads = wasTooLong ? -REST_READS : 0;
    this.#flushKept();
  };

  #flushKept(): void {
    const kept = this.#kept;
    this.#kept = [];
    this.#keptBytes = 0;
    for (const target of kept) target.flush();
    this.#keptSince = this.#clock.now();
  }

  readonly #flushWaiting = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const target of waiting) target.flush();
  };
}

/** All connections of the thread share its event loop. */
export const turn = new Turn();
