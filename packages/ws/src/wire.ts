import { ConnectionError, type Connection, type ConnectionState, type MessageSource } from '@sokker/connection';
import { ServerConnection } from '@sokker/server';
import type { Duplex } from 'node:stream';
import { callLater, notSent, type SendCallback } from './callbacks.js';
import { given, givenWhole } from './data.js';
import { Fragments, sizeOf } from './fragments.js';
import type { MessageOptions } from './message-options.js';

/** As much may wait to be sent of Blobs and of messages in parts as of whole messages. */
export const MAX_BUFFERED_BYTES = 100 * 1024 * 1024;

/**
 * What is sent leaves at the end of the turn. Code that was written for `ws`, which mostly writes at once, may use its
 * buffer again before: shorter ones are copied, longer ones written at once as well.
 */
const COPIED_BYTES = 4096;

interface Form {
  readonly type: 'binary' | 'text';
  readonly compress: boolean;
}

/** What is sent over an open connection, with the callbacks of it. */
export class Wire {
  readonly connection: Connection;
  readonly socket: Duplex;
  /** The message that is being sent in parts, and what gives it up. */
  #fragments: { readonly parts: Fragments; readonly abort: AbortController } | undefined;
  /** Of Blobs and parts that have not left. */
  #streamedBytes = 0;
  /** Given to `send` after the end. */
  #lostBytes = 0;
  /** It is to be terminated at the end of the turn. */
  #isEnding = false;
  /** Whether a policy may drop what it has taken, so that nobody knows when, or whether, it has left. */
  readonly #mayDrop: boolean;

  constructor(connection: Connection, socket: Duplex, mayDrop: boolean) {
    this.connection = connection;
    this.socket = socket;
    this.#mayDrop = mayDrop;
  }

  get state(): ConnectionState {
    const { state } = this.connection;
    return state === 'open' && this.#isEnding ? 'closing' : state;
  }

  get bufferedBytes(): number {
    return this.connection.bufferedBytes + this.#streamedBytes + this.#lostBytes;
  }

  send(data: unknown, options: MessageOptions | undefined, callback: SendCallback | undefined): void {
    let payload = given(data);
    const isBinary = options?.binary ?? typeof payload !== 'string';
    const form: Form = { type: isBinary ? 'binary' : 'text', compress: options?.compress !== false };
    const isLast = options?.fin !== false;
    if (this.state !== 'open') {
      this.#lostBytes += sizeOf(payload);
      callLater(callback, notSent());
    } else if (this.#fragments !== undefined || !isLast) {
      this.#part(payload, form, isLast, callback);
    } else if (payload instanceof Blob) {
      this.#blob(payload, form, callback);
    } else {
      // An extension may work on it in a later turn.
      const isKept =
        typeof payload !== 'string' && (payload.length < COPIED_BYTES || this.connection.extensions.length > 0);
      if (isKept) payload = Buffer.from(payload);
      this.#whole(payload, form, callback);
      if (!isKept && typeof payload !== 'string') this.connection.flush();
    }
  }

  #whole(payload: string | Uint8Array, form: Form, callback: SendCallback | undefined): void {
    if (!this.#isTaken(payload, form)) callLater(callback, notSent());
    else if (callback !== undefined) this.#whenFlushed(callback);
  }

  /** A Ping or a Pong. */
  control(name: 'ping' | 'pong', data: unknown, callback: SendCallback | undefined): void {
    const payload = givenWhole(data);
    if (this.state === 'open') void this.connection[name](payload);
    // So much may have waited that the peer was too slow.
    if (this.state !== 'open') callLater(callback, notSent());
    // It goes before a message that is being made, which may take for ever.
    else if (this.#fragments !== undefined || this.#streamedBytes > 0) callLater(callback);
    else this.#whenFlushed(callback);
  }

  close(code: number | null, reason: string): void {
    if (this.#isEnding) return;
    void this.connection.close(code, reason);
    // The Close would wait for its end, which nobody can send any more.
    this.#fragments?.abort.abort();
  }

  /** What was sent in this turn leaves at its end, where `ws` would have written it: the end waits for that. */
  terminate(): void {
    if (this.#isEnding || this.bufferedBytes === 0) return this.connection.terminate();
    this.#isEnding = true;
    process.nextTick(() => this.connection.terminate());
  }

  /** Whether a whole message will be sent: it may have been too much for a peer that does not read. */
  #isTaken(payload: string | Uint8Array, form: Form): boolean {
    const { connection } = this;
    if (connection instanceof ServerConnection) return connection.offer(payload, form) !== 'dropped';
    return connection.send(payload, form) || connection.state === 'open';
  }

  #whenFlushed(callback: SendCallback | undefined): void {
    if (callback === undefined) return;
    if (this.#mayDrop) return callLater(callback);
    this.connection.flushed().then(
      () => callLater(callback),
      () => callLater(callback, notSent()),
    );
  }

  #part(data: string | Uint8Array | Blob, form: Form, isLast: boolean, callback: SendCallback | undefined): void {
    const { parts } = (this.#fragments ??= this.#begin(form));
    this.#count(sizeOf(data));
    parts.add(data instanceof Uint8Array ? Buffer.from(data) : data, callback);
    if (!isLast) return;
    parts.end();
    this.#fragments = undefined;
  }

  #begin(form: Form): { readonly parts: Fragments; readonly abort: AbortController } {
    const parts = new Fragments((bytes) => (this.#streamedBytes -= bytes));
    const abort = new AbortController();
    this.#stream(parts, form, abort.signal).catch(() => parts.abort());
    return { parts, abort };
  }

  #blob(blob: Blob, form: Form, callback: SendCallback | undefined): void {
    this.#count(blob.size);
    this.#stream(blob, form)
      .then(
        () => this.#whenFlushed(callback),
        () => callLater(callback, notSent()),
      )
      .finally(() => (this.#streamedBytes -= blob.size));
  }

  #stream(source: MessageSource, form: Form, signal?: AbortSignal): Promise<void> {
    return this.connection.sendStream(source, signal === undefined ? form : { ...form, signal });
  }

  #count(bytes: number): void {
    this.#streamedBytes += bytes;
    if (this.#streamedBytes > MAX_BUFFERED_BYTES) {
      this.connection.terminate(new ConnectionError('ERR_SOKKER_TOO_SLOW'));
    }
  }
}
