import type { Connection, MessageSource } from '@sokker/connection';
import type { Duplex } from 'node:stream';
import { Callbacks, callLater, notSent, type SendCallback } from './callbacks.js';
import { given, givenWhole } from './data.js';
import { Fragments } from './fragments.js';
import type { MessageOptions } from './message-options.js';

/** What is sent over an open connection, with the callbacks of it. */
export class Wire {
  readonly connection: Connection;
  readonly socket: Duplex;
  /** Made for the first callback, or where messages may have to wait behind others: they are counted in order. */
  #callbacks: Callbacks | undefined;
  /** Of the message that is being sent in parts. */
  #fragments: Fragments | undefined;
  /** Given to `send` after the end. */
  #lostBytes = 0;

  constructor(connection: Connection, socket: Duplex) {
    this.connection = connection;
    this.socket = socket;
    if (connection.extensions.length > 0) this.#count();
  }

  get bufferedBytes(): number {
    return this.connection.bufferedBytes + this.#lostBytes;
  }

  send(data: unknown, options: MessageOptions | undefined, callback: SendCallback | undefined): void {
    const payload = given(data);
    const isBinary = options?.binary ?? typeof payload !== 'string';
    if (this.connection.state !== 'open') return this.#lose(payload, callback);
    const form = { type: isBinary ? 'binary' : 'text', compress: options?.compress !== false } as const;
    if (payload instanceof Blob) return this.#stream(payload, form, callback);
    if (this.#fragments !== undefined || options?.fin === false) {
      this.#fragments ??= this.#begin(form);
      this.#fragments.add(payload, callback);
      if (options?.fin !== false) this.#endFragments();
      return;
    }
    if (callback !== undefined) this.#count();
    this.connection.send(payload, form);
    // It may have been too much for a peer that does not read.
    if (this.connection.state === 'open') this.#callbacks?.add(callback);
    else callLater(callback, notSent());
  }

  /** A Ping or a Pong. It goes before what waits, so that its callback need not wait. */
  control(name: 'ping' | 'pong', data: unknown, callback: SendCallback | undefined): void {
    const payload = givenWhole(data);
    if (this.connection.state !== 'open') return callLater(callback, notSent());
    void this.connection[name](payload);
    callLater(callback);
  }

  /** The connection has ended. */
  end(): void {
    this.#callbacks?.end();
    this.#endFragments();
  }

  #count(): void {
    this.#callbacks ??= new Callbacks(this.connection);
  }

  #begin(form: StreamForm): Fragments {
    const fragments = new Fragments();
    this.#stream(fragments, form, undefined);
    return fragments;
  }

  #endFragments(): void {
    this.#fragments?.end();
    this.#fragments = undefined;
  }

  #stream(source: MessageSource, form: StreamForm, callback: SendCallback | undefined): void {
    this.#count();
    this.connection.sendStream(source, form).then(
      () => callLater(callback),
      // The connection fails with it, which is told there.
      () => callLater(callback, notSent()),
    );
  }

  #lose(payload: string | Uint8Array | Blob, callback: SendCallback | undefined): void {
    if (typeof payload === 'string') this.#lostBytes += Buffer.byteLength(payload);
    else this.#lostBytes += payload instanceof Blob ? payload.size : payload.length;
    callLater(callback, notSent());
  }
}

interface StreamForm {
  readonly type: 'binary' | 'text';
  readonly compress: boolean;
}
