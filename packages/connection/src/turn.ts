// Hot path: what is sent during one turn of the event loop leaves in one write per connection. One callback serves all
// connections of the turn: a broadcast to thousands schedules once.
//
// The event loop reads all sockets that have something, one after the other. Where these are many, what is sent meanwhile
// is kept until all were read, and written then in a row: who is at the other end, most often a proxy on the same machine,
// wakes up once for many writes instead of once for each, and who is sent something for several of the reads gets that in
// one write. With 64 connections it takes 0.73 to 0.92 of the processor time with 32 messages in flight on each, 0.91 to
// 0.96 with one (packages/bench, rows "echo"); where few are read it costs up to a tenth. So reads are counted.
import process from 'node:process';
import type { Duplex } from 'node:stream';
import { systemClock, type Clock } from './clock.js';
import { isPlainSocket } from './plain-socket.js';

/** Something with output to write at the end of the turn. */
export interface Flushable {
  readonly duplex: Duplex;
  flush(): void;
}

/** While few sockets are read in a turn, the turn after every so many reads is counted. */
export const COUNT_EVERY_READS = 64;
/** Reads of one turn from which on output is kept, and below which it is kept no longer. */
export const MANY_READS = 16;
const FEW_READS = 8;
/** More of one connection is written at once: later it would have left the processor's cache. */
export const SHORT_BYTES = 8 * 1024;
/** Nothing is kept beyond the read that ends so much later, or with so much kept. */
export const MAX_KEPT_MS = 1;
export const MAX_KEPT_BYTES = 64 * 1024;

export class Turn {
  readonly #clock: Clock;
  /** To be flushed after the code that runs now. */
  #waiting: Flushable[] = [];
  /** To be flushed when all sockets were read. */
  #kept: Flushable[] = [];
  #keptBytes = 0;
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

  /** Has `target.flush` called after the code that runs now, and the promises it settled, are through; or when all is read. */
  schedule(target: Flushable): void {
    if (this.#counts && this.#keeps && isPlainSocket(target.duplex)) return this.#keep(target, 0);
    if (this.#waiting.push(target) === 1) process.nextTick(this.#flushWaiting);
  }

  /**
   * To be called when what was read from the duplex of `target` has been dealt with.
   * @param bytes that it has to write
   * @returns whether its `flush` is called when all is read; otherwise that is the caller's to do
   */
  keeps(target: Flushable, bytes: number): boolean {
    if (!isPlainSocket(target.duplex)) return false;
    this.#reads++;
    if (!this.#counts && (this.#keeps || this.#isDue)) this.#count();
    if (!this.#keeps) return this.#countLater();
    const isKept = bytes > 0 && bytes <= SHORT_BYTES;
    if (isKept) this.#keep(target, bytes);
    if (this.#kept.length > 0 && this.#isEnough()) this.#flushKept();
    return isKept;
  }

  #isEnough(): boolean {
    return this.#keptBytes >= MAX_KEPT_BYTES || this.#clock.now() - this.#keptSince >= MAX_KEPT_MS;
  }

  #keep(target: Flushable, bytes: number): void {
    if (this.#kept.push(target) === 1) this.#keptSince = this.#clock.now();
    this.#keptBytes += bytes;
  }

  /** Whole turns are counted: sockets that are served in step would bring the same part of one every time. */
  #countLater(): false {
    if (!this.#counts && this.#reads === COUNT_EVERY_READS) setImmediate(this.#beDue);
    return false;
  }

  readonly #beDue = (): void => {
    this.#isDue = true;
  };

  /** The event loop calls back as soon as it has read all sockets that it found ready. */
  #count(): void {
    this.#isDue = false;
    this.#counts = true;
    this.#reads = 1;
    setImmediate(this.#endCount);
  }

  readonly #endCount = (): void => {
    this.#counts = false;
    this.#keeps = this.#reads >= (this.#keeps ? FEW_READS : MANY_READS);
    this.#reads = 0;
    this.#flushKept();
  };

  #flushKept(): void {
    const kept = this.#kept;
    this.#kept = [];
    this.#keptBytes = 0;
    for (const target of kept) target.flush();
  }

  readonly #flushWaiting = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const target of waiting) target.flush();
  };
}

/** All connections of the thread share its event loop. */
export const turn = new Turn();
