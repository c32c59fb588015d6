import type { Connection } from '@sokker/connection';
import { isArrayBuffer, isSharedArrayBuffer } from 'node:util/types';
import { SentLog } from './sent-log.js';
import { stringOf, wellFormed } from './websocket-arguments.js';

/** Data of a message as `send` of the browser's interface takes it; its bytes are a copy. */
export type Outgoing = string | Buffer | Blob;

/** Whatever was given, as the standard reads it: anything that is no bytes is a string. Throws TypeError. */
export function outgoingOf(data: unknown): Outgoing {
  if (isArrayBuffer(data)) return Buffer.from(new Uint8Array(data));
  if (ArrayBuffer.isView(data)) {
    if (isSharedArrayBuffer(data.buffer)) throw new TypeError('a view of shared memory cannot be sent');
    return Buffer.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return data instanceof Blob ? data : wellFormed(stringOf(data));
}

function sizeOf(data: Outgoing): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return data instanceof Blob ? data.size : data.length;
}

/** What was given to `send` and is not on its way: the bytes of `bufferedAmount`, without framing and compression. */
export class Outbox {
  readonly #sizes = new SentLog<number>();
  /** Of all that was given, less what has left: a sum over what waits would be made anew at every look. */
  #bytes = 0;
  #connection: Connection | undefined;

  open(connection: Connection): void {
    this.#connection = connection;
    // Asked for the first time, it begins to count.
    this.#settle(connection);
  }

  get bytes(): number {
    if (this.#connection !== undefined) this.#settle(this.#connection);
    return this.#bytes;
  }

  /** Messages leave in the order of these calls, Blobs among them. */
  send(data: Outgoing): void {
    const connection = this.#connection;
    if (connection === undefined) return this.keep(data);
    if (data instanceof Blob) return this.#sendBlob(connection, data);
    connection.send(data);
    this.#settle(connection);
    const size = sizeOf(data);
    this.#sizes.add(size);
    this.#bytes += size;
  }

  /** Counts what can no longer be sent. */
  keep(data: Outgoing): void {
    this.#bytes += sizeOf(data);
  }

  #settle(connection: Connection): void {
    for (const size of this.#sizes.settle(connection.acceptedMessages)) this.#bytes -= size;
  }

  #sendBlob(connection: Connection, blob: Blob): void {
    this.#bytes += blob.size;
    const options = { type: 'binary', bytes: blob.size } as const;
    connection.sendStream(blob, options).then(
      () => (this.#bytes -= blob.size),
      // The connection fails with it, which is told there.
      () => undefined,
    );
  }
}
