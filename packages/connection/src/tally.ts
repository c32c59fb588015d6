/** Counts whole messages on their way out: framed, handed to the duplex, and taken by it. They stay in order. */
export class Tally {
  #framed = 0;
  #handed = 0;
  #accepted = 0;

  /** Messages that the duplex has passed on. */
  get accepted(): number {
    return this.#accepted;
  }

  /** A message is ready to be written. */
  framed(): void {
    this.#framed++;
  }

  /** All that was ready is in the duplex's hands. */
  handed(): void {
    this.#handed = this.#framed;
  }

  /** The duplex has passed on all that it was handed. */
  settled(): void {
    this.#accepted = this.#handed;
  }
}
