// The Web Streams face of a pull-style core. A TransformStream would not do: its `transform` must hand on all that a
// chunk holds, so a chunk of tiny frames becomes a pile of objects, and its `error` overtakes frames that arrived intact.
//
//   writer ─▶ Stage.write ─▶ (a reader waits) ─▶ Stage.next, one item a read ─▶ reader
//                └─ the write settles when the stage has used the item up, or has room for more
import type { Stage } from '../stage.js';
import { OrderlySource } from './orderly-source.js';

/** The write that waits for its item to be used up. */
interface PendingWrite {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** `readable` and `writable` around a stage: back-pressure reaches inside an item, errors keep their place. */
export class StagePair<In, Out> {
  readonly readable: ReadableStream<Out>;
  readonly writable: WritableStream<In>;
  readonly #stage: Stage<In, Out>;
  readonly #room: () => boolean;
  readonly #source: OrderlySource<Out>;
  #sink!: WritableStreamDefaultController;
  #write: PendingWrite | undefined;

  /** @param room whether another item may be written before the last one is used up */
  constructor(stage: Stage<In, Out>, room = () => false) {
    this.#stage = stage;
    this.#room = room;
    this.#source = new OrderlySource<Out>(
      () => this.#advance(),
      (reason) => this.#stop(reason),
    );
    this.readable = this.#source.readable;
    this.writable = new WritableStream<In>({
      start: (controller) => this.#started(controller),
      write: (item) => this.#written(item),
      close: () => this.#closed(),
    });
  }

  /** The stage has something that it did not have when it was asked last. */
  wake(): void {
    if (this.#source.wanted) this.#advance();
  }

  #started(controller: WritableStreamDefaultController): void {
    this.#sink = controller;
    // Not the sink's `abort`: that one waits for the write at hand, which waits for a reader.
    const { signal } = controller as object as { readonly signal: AbortSignal }; // @types/node 20 lacks it
    signal.addEventListener('abort', () => this.#aborted(signal.reason), { once: true });
  }

  #written(item: In): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#write = { resolve, reject };
      try {
        this.#stage.write(item);
      } catch (error) {
        this.#handOnAll();
        return this.#fail(error);
      }
      this.wake();
      if (this.#room()) this.#settle();
    });
  }

  /** Hands on one item to the reader that waits for it. */
  #advance(): void {
    let item: Out | undefined;
    try {
      item = this.#stage.next();
    } catch (error) {
      return this.#fail(error);
    }
    if (item === undefined) this.#settle();
    else this.#source.push(item);
  }

  #closed(): void {
    try {
      this.#stage.end();
    } catch (error) {
      this.#source.fail(error);
      throw error;
    }
    this.#handOnAll();
    this.#source.close();
  }

  /** What is left in the stage, before the end or an error; no more than it lets gather. */
  #handOnAll(): void {
    for (let item = this.#stage.next(); item !== undefined; item = this.#stage.next()) this.#source.push(item);
  }

  #fail(error: unknown): void {
    this.#source.fail(error);
    this.#stop(error);
  }

  /** Fails the writable side. */
  #stop(reason: unknown): void {
    this.#sink.error(reason);
    this.#write?.reject(reason);
    this.#write = undefined;
  }

  /** The writer left. */
  #aborted(reason: unknown): void {
    this.#source.abort(reason);
    this.#write?.reject(reason);
    this.#write = undefined;
  }

  #settle(): void {
    this.#write?.resolve();
    this.#write = undefined;
  }
}
