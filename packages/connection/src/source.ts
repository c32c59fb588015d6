import { Readable } from 'node:stream';
import { UsageError } from '@sokker/frame';
import { bytesOf, type Bytes } from './bytes.js';

/** What `sendStream` takes: anything that yields strings or bytes. A Node Readable is an async iterable of them. */
export type MessageSource =
  AsyncIterable<string | Bytes> | Iterable<string | Bytes> | ReadableStream<string | Bytes> | Blob;

/** The first halves of surrogate pairs: the other half may come with the next string. */
const HIGH_SURROGATE_START = 0xd800;
const HIGH_SURROGATE_END = 0xdbff;

/** @throws UsageError `ERR_SOKKER_ARGUMENT` */
export function checkSource(source: unknown): asserts source is MessageSource {
  const fits =
    typeof source === 'object' &&
    source !== null &&
    !ArrayBuffer.isView(source) &&
    (Symbol.asyncIterator in source || Symbol.iterator in source || source instanceof Blob);
  if (!fits) {
    const kinds = 'a Readable, a ReadableStream, a Blob, or an iterable of strings or bytes';
    throw new UsageError('ERR_SOKKER_ARGUMENT', `sendStream takes ${kinds}; send takes what is whole`);
  }
}

interface Pieces {
  next(): Promise<{ done?: boolean | undefined; value?: unknown }>;
  cancel(reason: unknown): void;
}

/**
 * Reads a source piece by piece, as bytes: it is asked for the next only when the one before was taken. Strings leave
 * as UTF-8, and pairs of surrogates may be cut between two of them.
 */
export class SourceReader {
  readonly #pieces: Pieces;
  #half = '';

  constructor(source: MessageSource) {
    if (source instanceof Blob) this.#pieces = ofWebStream(source.stream());
    else this.#pieces = source instanceof ReadableStream ? ofWebStream(source) : ofIterable(source);
  }

  /**
   * The next piece; undefined at the end.
   * @throws whatever the source fails with; UsageError `ERR_SOKKER_ARGUMENT` when it yields neither string nor bytes
   */
  async read(): Promise<Buffer | undefined> {
    const step = await this.#pieces.next();
    if (step.done === true) return this.#rest();
    return typeof step.value === 'string' ? this.#encode(step.value) : bytesOf(step.value);
  }

  /** Lets the source go, even while it is waited for. */
  cancel(reason: unknown): void {
    this.#pieces.cancel(reason);
  }

  #encode(piece: string): Buffer {
    const text = this.#half + piece;
    const last = text.charCodeAt(text.length - 1);
    const cut = last >= HIGH_SURROGATE_START && last <= HIGH_SURROGATE_END ? text.length - 1 : text.length;
    this.#half = text.slice(cut);
    return Buffer.from(text.slice(0, cut), 'utf8');
  }

  #rest(): Buffer | undefined {
    if (this.#half === '') return undefined;
    const rest = Buffer.from(this.#half, 'utf8');
    this.#half = '';
    return rest;
  }
}

function ofWebStream(stream: ReadableStream<unknown>): Pieces {
  const reader = stream.getReader();
  const ignore = (): void => undefined;
  return { next: () => reader.read(), cancel: (reason) => void reader.cancel(reason).catch(ignore) };
}

function ofIterable(source: AsyncIterable<unknown> | Iterable<unknown>): Pieces {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    cancel: () => {
      // The iterator of a Readable would not return before the read that it waits for.
      if (source instanceof Readable) source.destroy();
      else Promise.resolve(iterator.return?.()).catch(() => undefined);
    },
  };
}
