/** Control frames that wait: inside a frame that passes in slices nothing can be said, to a peer that is behind no Pong. */
export class WaitingControl {
  /** The newest Ping that came while no Pong could be sent: older ones need no answer (RFC 6455 §5.5.3). */
  pong: Buffer | undefined = undefined;
  /** Pings of ours, and the newest probe. */
  #pings: Buffer[] = [];
  #probe: Buffer | undefined;

  ping(payload: Buffer, probe: boolean): void {
    if (probe) this.#probe = payload;
    else this.#pings.push(payload);
  }

  /** The Pings, in their order, to be sent now. */
  takePings(): readonly Buffer[] {
    const pings = this.#probe === undefined ? this.#pings : [...this.#pings, this.#probe];
    this.#pings = [];
    this.#probe = undefined;
    return pings;
  }
}
