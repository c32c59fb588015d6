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
  if (source instanceof ReadableStream && source.locked) {
    throw new UsageError('ERR_SOKKER_ARGUMENT', 'the ReadableStream is locked: someone else reads it');
  }
}

interface Pieces {
  next(): Promise<{ done?: boolean | undefined; value?: unknown }>;
  cancel(reason: unknown): void;
}

const ignore = (): void => undefined;

/**
 * Reads a source piece by piece, as bytes: it is asked for the next only when the one before was taken. Strings leave
 * as UTF-8, and pairs of surrogates may be cut between two of them. The source is ours from here on, and is not asked
 * for anything before the first `read`.
 */
export class SourceReader {
  readonly #pieces: Pieces;
  #half = '';

  constructor(source: MessageSource) {
    if (source instanceof Blob) this.#pieces = ofWebStream(source.stream());
    else if (source instanceof ReadableStream) this.#pieces = ofWebStream(source);
    else this.#pieces = source instanceof Readable ? ofReadable(source) : ofIterable(source);
  }

  /**
   * The next piece; undefined at the end.
   * @throws whatever the source fails with; UsageError `ERR_SOKKER_ARGUMENT` when it yields neither string nor bytes
   */
  async read(): Promise<Buffer | undefined> {
    const step = await this.#pieces.next();
    if (step.done === true) return this.#rest();
    if (typeof step.value === 'string') return this.#encode(step.value);
    const bytes = bytesOf(step.value);
    const rest = this.#rest();
    return rest === undefined ? bytes : Buffer.concat([rest, bytes]);
  }

  /** Lets the source go, even while it is waited for: it is destroyed, cancelled, or told to return. */
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

  /** Half a pair of surrogates whose other half did not come: U+FFFD. */
  #rest(): Buffer | undefined {
    if (this.#half === '') return undefined;
    const rest = Buffer.from(this.#half, 'utf8');
    this.#half = '';
    return rest;
  }
}

function ofWebStream(stream: ReadableStream<unknown>): Pieces {
  const reader = stream.getReader();
  return { next: () => reader.read(), cancel: (reason) => void reader.cancel(reason).catch(ignore) };
}

function ofReadable(source: Readable): Pieces {
  // It may fail while others are being sent, when nobody reads it yet.
  source.on('error', ignore);
  source.once('close', () => source.off('error', ignore));
  const iterator = lazily(() => source[Symbol.asyncIterator]());
  // Its iterator would not return before the read that it waits for.
  return { next: () => iterator().next(), cancel: () => source.destroy() };
}

function ofIterable(source: AsyncIterable<unknown> | Iterable<unknown>): Pieces {
  let opened = false;
  const iterator = lazily(() => {
    opened = true;
    return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  });
  const leave = async (): Promise<void> => {
    if (opened) await iterator().return?.();
  };
  return { next: async () => iterator().next(), cancel: () => void leave().catch(ignore) };
}

function lazily<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= make());
}
