import { ratioExceeded, violation } from './errors.js';

/** Final blocks after which one message may go on: each costs a restart of zlib and a copy of the window. */
const MAX_FINAL_BLOCKS = 16;
/** A message is judged from this size on: short ones that resemble their predecessors shrink to almost nothing. */
const RATIO_FREE_BYTES = 64 * 1024;

/** What one message has taken and given so far, held against the limits. */
export class MessageTally {
  readonly #maxRatio: number;
  #taken = 0;
  #given = 0;
  #finalBlocks = 0;

  /** @param maxRatio inflated bytes per compressed byte; `Infinity`: no limit */
  constructor(maxRatio: number) {
    this.#maxRatio = maxRatio;
  }

  begin(): void {
    this.#taken = 0;
    this.#given = 0;
    this.#finalBlocks = 0;
  }

  /** Compressed bytes arrived. */
  take(bytes: number): void {
    this.#taken += bytes;
  }

  /** Inflated bytes are about to leave. @throws LimitError */
  give(bytes: number): void {
    this.#given += bytes;
    if (this.#given <= RATIO_FREE_BYTES || this.#given <= this.#maxRatio * this.#taken) return;
    throw ratioExceeded(this.#maxRatio, Math.ceil(this.#given / this.#taken));
  }

  /** A final block ended and more came. @throws ProtocolError */
  finalBlock(): void {
    if (++this.#finalBlocks > MAX_FINAL_BLOCKS) throw violation('ERR_SOKKER_DEFLATE_FINAL_BLOCKS');
  }

  /** Nothing arrived so far. */
  get isEmpty(): boolean {
    return this.#taken === 0;
  }
}
