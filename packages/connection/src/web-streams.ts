import type { Message } from '@sokker/frame';
import {
  ReadableStream,
  WritableStream,
  type ReadableStreamDefaultController,
  type WritableStreamDefaultController,
} from 'node:stream/web';
import { bytesOf, type Bytes } from './bytes.js';
import type { CloseRecord } from './close-record.js';
import type { Connection } from './connection.js';
import { ConnectionError, connectionLost } from './errors.js';
import type { ReceivedIterator } from './iterator.js';
import { unheard } from './unheard.js';

/** For faces with names and errors of their own. */
export interface WebStreamsHooks {
  /**
   * What a chunk that is written leaves as; throws for what cannot be sent. Its bytes must not change before the socket
   * has taken them, though who wrote the chunk may use its memory anew at once. Default: strings, and copies of bytes.
   */
  readonly outgoing?: ((chunk: unknown) => string | Bytes) | undefined;
  /** A reader cancelled, or a writer aborted: closes the connection. Default: `close()`. */
  readonly closeFor?: ((reason: unknown) => void) | undefined;
  /**
   * What writing fails with after the end and, where that was not in order, reading and `closed` too. Default:
   * ERR_SOKKER_CLOSED; where it was not in order the error of the record, or ERR_SOKKER_CONNECTION_LOST.
   */
  readonly errorFor?: ((record: CloseRecord, inOrder: boolean) => unknown) | undefined;
}

/** What `opened` resolves with. */
export interface WebStreamsOpened {
  readonly readable: ReadableStream<string | Uint8Array>;
  readonly writable: WritableStream<string | Bytes>;
  readonly protocol: string;
  readonly extensions: readonly string[];
}

/** A loop over a connection, and what waits in it. */
type Messages = AsyncIterableIterator<Message> & Pick<ReceivedIterator<Message>, 'ready'>;

/**
 * An open connection as a pair of Web streams of whole messages, as the standard's WebSocketStream has them, under the
 * bounds of the connection: one message waits to be read, then the peer; a write is done when fewer than
 * `highWaterMarkBytes` wait.
 *
 * Cancelling `readable`, or aborting `writable`, closes the connection; so does closing `writable`.
 */
export class WebStreams {
  readonly opened: Promise<WebStreamsOpened>;
  /** How it ended, if cleanly; else rejects, as the streams do. */
  readonly closed: Promise<CloseRecord>;
  /** Text as strings, binary messages as Uint8Array. */
  readonly readable: ReadableStream<string | Uint8Array>;
  readonly writable: WritableStream<string | Bytes>;
  readonly #connection: Connection;
  readonly #options: WebStreamsHooks;
  readonly #messages: Messages;
  #reading: ReadableStreamDefaultController<string | Uint8Array> | undefined;
  #writing: WritableStreamDefaultController | undefined;
  /** A write waits for room. */
  #isWriting = false;
  /** It ended in order: what has come is there to be read, and then the end. */
  #hasEnded = false;

  /** @throws UsageError `ERR_SOKKER_ARGUMENT` for a connection that receives streams */
  constructor(connection: Connection, options: WebStreamsHooks = {}) {
    this.#connection = connection;
    this.#options = options;
    this.#messages = connection[Symbol.asyncIterator]() as Messages;
    this.readable = this.#makeReadable();
    this.writable = this.#makeWritable();
    this.closed = unheard(connection.closed.then((record) => this.#end(record)));
    const { readable, writable } = this;
    const { protocol, extensions } = connection;
    this.opened = Promise.resolve({ readable, writable, protocol, extensions });
  }

  #makeReadable(): ReadableStream<string | Uint8Array> {
    const messages = this.#messages;
    return new ReadableStream<string | Uint8Array>(
      {
        start: (controller) => void (this.#reading = controller),
        pull: async (controller) => {
          const { done, value } = (await messages.next()) as IteratorResult<Message, undefined>;
          if (done === true) await unheard(this.closed);
          else controller.enqueue(value.type === 'text' ? value.text() : new Uint8Array(value.data));
          if (this.#hasEnded) this.#closeWhenRead();
        },
        cancel: async (reason) => {
          this.#closeFor(reason);
          await messages.return?.();
        },
      },
      // Nothing is read ahead here: the connection itself holds one message.
      { highWaterMark: 0 },
    );
  }

  #makeWritable(): WritableStream<string | Bytes> {
    const connection = this.#connection;
    const outgoing = this.#options.outgoing ?? copyOf;
    return new WritableStream<string | Bytes>({
      start: (controller) => void (this.#writing = controller),
      write: async (chunk) => {
        const data = outgoing(chunk);
        if (connection.send(data)) return;
        this.#isWriting = true;
        await connection.writable();
        this.#isWriting = false;
      },
      close: async () => {
        await connection.close(null);
        await this.closed;
      },
      abort: (reason) => this.#closeFor(reason),
    });
  }

  #closeFor(reason: unknown): void {
    const { closeFor } = this.#options;
    if (closeFor === undefined) void this.#connection.close();
    else closeFor(reason);
  }

  #end(record: CloseRecord): CloseRecord {
    // What was being written did not arrive, whatever the peer said.
    const inOrder = record.clean && !this.#isWriting;
    const error = (this.#options.errorFor ?? errorFor)(record, inOrder);
    quietly(() => this.#writing?.error(error));
    this.#hasEnded = inOrder;
    if (!inOrder) {
      quietly(() => this.#reading?.error(error));
      throw error;
    }
    this.#closeWhenRead();
    return record;
  }

  #closeWhenRead(): void {
    if (this.#messages.ready.length === 0) quietly(() => this.#reading?.close());
  }
}

/** A write is done before the bytes have left: whoever wrote them may then use their memory anew. */
function copyOf(chunk: unknown): string | Buffer {
  return typeof chunk === 'string' ? chunk : Buffer.from(bytesOf(chunk));
}

function errorFor(record: CloseRecord, inOrder: boolean): Error {
  if (inOrder) return new ConnectionError('ERR_SOKKER_CLOSED');
  return record.error ?? connectionLost();
}

/** A stream that is already closed, cancelled or in error says so by throwing. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // It has its end.
  }
}
