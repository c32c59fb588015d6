import type { Clock } from './clock.js';

/** Something that has an appointment on a wheel, one at a time. */
export interface WheelEntry {
  onDue(): void;
  /** The wheel's own note of when that is. */
  dueTick?: number | undefined;
}

/**
 * Appointments by the thousand on one timer: what is due within one tick shares a slot, and one timer turns the wheel
 * for as long as anyone has an appointment. Making and breaking one costs the same however many there are.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  /** Entries by the tick at which they are due. */
  readonly #slots = new Map<number, Set<WheelEntry>>();
  /** Entries whose time has come, while they are called one after the other. */
  readonly #due = new Set<WheelEntry>();
  #timer: unknown;
  /** The last tick that is through. */
  #tick = 0;
  #size = 0;

  /** @param tickMs how late an entry may be: milliseconds */
  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock;
    this.#tickMs = tickMs;
  }

  /** How many have an appointment. */
  get size(): number {
    return this.#size;
  }

  /** Has `entry.onDue` called once, not before `ms` milliseconds from now; replaces the appointment it has. */
  set(entry: WheelEntry, ms: number): void {
    this.#remove(entry);
    // Not while the wheel turns: whatever is due between that turn and now would be skipped for good.
    if (this.#size === 0) this.#tick = this.#now();
    const tick = Math.max(this.#tick + 1, Math.ceil((this.#clock.now() + ms) / this.#tickMs));
    const slot = this.#slots.get(tick);
    if (slot === undefined) this.#slots.set(tick, new Set([entry]));
    else slot.add(entry);
    entry.dueTick = tick;
    this.#size++;
    this.#wind();
  }

  /** Breaks the appointment, if there is one. Without any the wheel stands still. */
  delete(entry: WheelEntry): void {
    this.#remove(entry);
    if (this.#size > 0) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #remove(entry: WheelEntry): void {
    this.#due.delete(entry);
    const tick = entry.dueTick;
    if (tick === undefined) return;
    entry.dueTick = undefined;
    this.#size--;
    const slot = this.#slots.get(tick);
    slot?.delete(entry);
    if (slot?.size === 0) this.#slots.delete(tick);
  }

  /** For the moment at which the next tick is through: between two, what is due would wait for up to two. */
  #wind(): void {
    this.#timer ??= this.#clock.setTimeout(this.#turn, Math.ceil(this.#tickMs - (this.#clock.now() % this.#tickMs)));
  }

  #now(): number {
    return Math.floor(this.#clock.now() / this.#tickMs);
  }

  /** Empties every slot up to now. After a pause of the process it may be many; none is skipped. */
  readonly #turn = (): void => {
    this.#timer = undefined;
    const now = this.#now();
    for (; this.#tick < now && this.#slots.size > 0; this.#tick++) this.#take(this.#tick + 1);
    this.#tick = now;
    for (const entry of this.#due) {
      this.#due.delete(entry);
      entry.onDue();
    }
    if (this.#size > 0) this.#wind();
  };

  #take(tick: number): void {
    for (const entry of this.#slots.get(tick) ?? []) {
      entry.dueTick = undefined;
      this.#size--;
      this.#due.add(entry);
    }
    this.#slots.delete(tick);
  }
}
