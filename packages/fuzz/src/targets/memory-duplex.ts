import { Duplex } from 'node:stream';

/** One end of a connection in memory. What it writes is kept; whether the peer reads is up to the script. */
export class MemoryDuplex extends Duplex {
  readonly written: Buffer[] = [];
  /** Whether the peer ever stopped reading. */
  hasStalled = false;
  #stalled = false;
  #ended = false;
  #blocked: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: true, highWaterMark: 4096 });
    this.on('error', () => {});
  }

  /** The peer stops reading. */
  stall(): void {
    this.#stalled = true;
    this.hasStalled = true;
  }

  /** The peer reads again. */
  unstall(): void {
    this.#stalled = false;
    const blocked = this.#blocked;
    this.#blocked = undefined;
    blocked?.();
  }

  /** Bytes from the peer. */
  receive(bytes: Buffer): void {
    if (!this.destroyed && !this.#ended) this.push(bytes);
  }

  /** The peer ends its side. */
  receiveEnd(): void {
    if (!this.destroyed && !this.#ended) this.push(null);
    this.#ended = true;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const take = (): void => {
      this.written.push(Buffer.from(chunk));
      callback();
    };
    if (this.#stalled) this.#blocked = take;
    else take();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#blocked = undefined;
    callback(error);
  }
}
