/**
 * Counts whole messages on their way out: framed, handed to the duplex, and taken by it. They stay in order. Who asks keeps
 * what was given until it is taken, so what coding has saved of it counts as well.
 */
export class Tally {
  #framed = 0;
  #taken = 0;
  #takenSaved = 0;
  #handed = 0;
  #handedSaved = 0;
  #accepted = 0;
  /** By how many bytes the messages that were not accepted are shorter than what was given. */
  saved = 0;
  /** Called when more were accepted, in the midst of a write. */
  onAccepted: (() => void) | undefined = undefined;

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
  }

  /** All that was taken is in the duplex's hands. */
  handed(): void {
    this.#handed = this.#taken;
    this.#handedSaved = this.#takenSaved;
  }

  /** The duplex has passed on all that it was handed. */
  settled(): void {
    const grows = this.#accepted < this.#handed;
    this.#accepted = this.#handed;
    this.saved -= this.#handedSaved;
    this.#takenSaved -= this.#handedSaved;
    this.#handedSaved = 0;
    if (grows) this.onAccepted?.();
  }
}
