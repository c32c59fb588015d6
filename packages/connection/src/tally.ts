import { closed } from './failure.js';

/** Who waits until what was framed before has been passed on. */
export interface FlushWaiter {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Counts whole messages on their way out: framed, handed to the duplex, and taken by it. They stay in order. Who asks keeps
 * what was given until it is taken, so what coding has saved of it counts as well.
 */
export class Tally {
  /** That of a writer, which counts from the first time that someone asks for it. */
  static of(writer: { tally: Tally | undefined }): Tally {
    return (writer.tally ??= new Tally());
  }

  #framed = 0;
  #taken = 0;
  #takenSaved = 0;
  #handed = 0;
  #handedSaved = 0;
  #accepted = 0;
  /** By how many bytes the messages that were not accepted are shorter than what was given. */
  saved = 0;
  /** In their order; of these as many as are counted here were framed before what was taken, and handed over. */
  #waiters: FlushWaiter[] = [];
  #waitersTaken = 0;
  #waitersHanded = 0;

  /** Messages that the duplex has passed on. */
  get accepted(): number {
    return this.#accepted;
  }

  /** A message is ready to be written. @param saved by how many bytes it is shorter than what was given */
  framed(saved: number): void {
    this.#framed++;
    this.saved += saved;
  }

  /** All that is ready was taken to be handed over, be it in portions: what is framed from here on comes behind it. */
  taken(): void {
    this.#taken = this.#framed;
    this.#takenSaved = this.saved;
    this.#waitersTaken = this.#waiters.length;
  }

  /** All that was taken is in the duplex's hands. */
  handed(): void {
    this.#handed = this.#taken;
    this.#handedSaved = this.#takenSaved;
    this.#waitersHanded = this.#waitersTaken;
  }

  /** The duplex has passed on all that it was handed. */
  settled(): void {
    this.#accepted = this.#handed;
    this.saved -= this.#handedSaved;
    this.#takenSaved -= this.#handedSaved;
    this.#handedSaved = 0;
    if (this.#waitersHanded === 0) return;
    const done = this.#waiters.splice(0, this.#waitersHanded);
    this.#waitersTaken -= done.length;
    this.#waitersHanded = 0;
    for (const waiter of done) waiter.resolve();
  }

  /** @param unhanded what of that which was framed before the duplex does not have yet */
  wait(waiter: FlushWaiter, unhanded: 'gathered' | 'leaving' | undefined): void {
    this.#waiters.push(waiter);
    if (unhanded !== 'gathered') this.#waitersTaken = this.#waiters.length;
    if (unhanded === undefined) this.#waitersHanded = this.#waiters.length;
  }

  /** Nothing will be passed on any more. */
  end(): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(closed());
  }
}
