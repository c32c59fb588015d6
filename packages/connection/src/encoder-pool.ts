import { EncoderCore, type Role } from '@sokker/frame';

/** More than this many are not kept, 3 MB: a broadcast has one in use for each of its receivers until the turn is over. */
const MAX_FREE = 16_384;

/**
 * Encoders that are not in use. A connection has one only while frames wait in it, or one was begun: 210 bytes that
 * idle ones do not need.
 */
export class EncoderPool {
  readonly #role: Role;
  readonly #free: EncoderCore[] = [];

  constructor(role: Role) {
    this.#role = role;
  }

  take(): EncoderCore {
    return this.#free.pop() ?? new EncoderCore({ role: this.#role });
  }

  /** Takes back an encoder in which nothing waits, and no frame was begun. */
  give(encoder: EncoderCore): void {
    if (this.#free.length < MAX_FREE) this.#free.push(encoder);
  }
}
