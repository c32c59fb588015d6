/**
 * Counts whole messages on their way out: framed, handed to the duplex, and taken by it. They stay in order. Who asks keeps
 * what was given until it is taken, so what coding has saved of it counts as well.
 */
export class Tally {
  #framed = 0;
  #handed = 0;
  #accepted = 0;
  #handedSaved = 0;
  /** By how many bytes the messages that were not taken are shorter than what was given. */
  saved = 0;

  /** Messages that the duplex has passed on. */
  get accepted(): number {
    return this.#accepted;
  }

  /** A message is ready to be written. @param saved by how many bytes it is shorter than what was given */
  framed(saved: number): void {
    this.#framed++;
    this.saved += saved;
  }

  /** All that was ready is in the duplex's hands. */
  handed(): void {
    this.#handed = this.#framed;
    this.#handedSaved = this.saved;
  }

  /** The duplex has passed on all that it was handed. */
  settled(): void {
    this.#accepted = this.#handed;
    this.saved -= this.#handedSaved;
    this.#handedSaved = 0;
  }
}
