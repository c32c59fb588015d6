/**
 * The readable side of a pair. It keeps no queue of its own (high-water mark 0): work is done when a reader waits.
 * `ReadableStreamDefaultController.error` drops what is queued, and with it items that came before the error; here an
 * error waits until they were read.
 */
export class OrderlySource<Out> {
  readonly readable: ReadableStream<Out>;
  #controller!: ReadableStreamDefaultController<Out>;
  #failure: { readonly error: unknown } | undefined;
  #wanted = false;

  /**
   * @param advance called when a reader waits: to push an item, or else as soon as there is one
   * @param cancelled the reader left
   */
  constructor(advance: () => void, cancelled: (reason: unknown) => void) {
    const source = {
      start: (controller: ReadableStreamDefaultController<Out>): void => {
        this.#controller = controller;
      },
      pull: (): void => {
        if (this.#failure !== undefined) return this.abort(this.#failure.error);
        this.#wanted = true;
        advance();
      },
      cancel: (reason: unknown): void => {
        this.#wanted = false;
        cancelled(reason);
      },
    };
    this.readable = new ReadableStream<Out>(source, { highWaterMark: 0 });
  }

  /** Whether a reader waits. */
  get wanted(): boolean {
    return this.#wanted;
  }

  push(item: Out): void {
    this.#wanted = false;
    this.#controller.enqueue(item);
  }

  /** Ends the stream after what was pushed. */
  close(): void {
    this.#controller.close();
  }

  /** Fails the stream after what was pushed. */
  fail(error: unknown): void {
    const { desiredSize } = this.#controller;
    if (desiredSize !== null && desiredSize < 0) this.#failure = { error };
    else this.abort(error);
  }

  /** Fails the stream at once. */
  abort(error: unknown): void {
    this.#wanted = false;
    this.#controller.error(error);
  }
}
