import type { EventEmitter } from 'node:events';
import { channels } from './channels.js';
import type { CloseRecord } from './close-record.js';
import type { Connection } from './connection.js';
import type { EngineListener, EngineMaker } from './engine-listener.js';
import type { Engine } from './engine.js';
import { asError } from './errors.js';
import type { ConnectionEvents, ConnectionOwner } from './events.js';
import { ReceivedIterator } from './iterator.js';
import { MessageStream } from './message-stream.js';
import { bytesIn, isHeard, sizeOf, type Received } from './received.js';
import { hearsErrors, isOfEnd, warnUnheard } from './unheard.js';
import { WaitingMessages } from './waiting-messages.js';

/** What a loop may leave untaken while we close, beyond one message: its body may be waiting for the end. */
const CLOSING_BYTES = 1024 * 1024;

/**
 * Hands what happens to whoever listens: to listeners on the connection and its owner, or to an iterator. A message
 * that nobody takes waits, and soon reading with it. Whatever a listener throws fails this connection and nothing else.
 */
export class Delivery<Context> implements EngineListener {
  readonly engine: Engine;
  readonly #connection: Connection<Context>;
  readonly #owner: ConnectionOwner<Context> | undefined;
  #iterator: ReceivedIterator<Received> | undefined;
  /** Made when nobody listens. */
  #waiting: WaitingMessages | undefined;
  #discarding = false;
  /** We close, or have given up, and so keep nothing more; what came before a Close of the peer is waited for. */
  #closing = false;
  /** The connection was given up: nothing is handed on any more. */
  #forgotten = false;
  /** Bytes that were left untaken since we began to close. */
  #untaken = 0;
  /** What someone holds for the end. */
  #closed: { readonly promise: Promise<CloseRecord>; resolve(record: CloseRecord): void } | undefined;

  constructor(connection: Connection<Context>, owner: ConnectionOwner<Context> | undefined, makeEngine: EngineMaker) {
    this.#connection = connection;
    this.#owner = owner;
    this.engine = makeEngine(this);
  }

  closed(): Promise<CloseRecord> {
    if (this.#closed === undefined) {
      let resolve: (record: CloseRecord) => void = () => {};
      const promise = new Promise<CloseRecord>((fulfil) => (resolve = fulfil));
      this.#closed = { promise, resolve };
      if (this.engine.record !== undefined) resolve(this.engine.record);
    }
    return this.#closed.promise;
  }

  /** Messages go to this iterator from here on; one before it ends. */
  iterate(): ReceivedIterator<Received> {
    const room = (): void => this.engine.incoming.resume('iterator is full');
    const before = this.#iterator;
    const iterator = new ReceivedIterator<Received>(room, (left) => {
      // One that gave way to another has no say any more.
      if (this.#iterator === iterator) {
        this.#iterator = undefined;
        room();
      }
      for (const received of left) this.#handOn(received);
    });
    this.#iterator = iterator;
    void before?.return();
    this.release();
    if (this.engine.record !== undefined) iterator.end();
    return iterator;
  }

  /** We are closing: messages go on arriving, though a loop that waits for the end takes none of them. */
  close(): void {
    this.#closing = true;
    this.release();
    this.engine.incoming.resume('iterator is full');
  }

  /** Messages that nobody takes are dropped from here on. */
  discard(): void {
    this.#discarding = true;
    this.release();
  }

  /** Whether messages wait for someone to listen. */
  get holding(): boolean {
    return this.#waiting !== undefined;
  }

  /** Memory of the messages that wait for someone to take them. */
  get heldBytes(): number {
    return (this.#waiting?.bytes ?? 0) + sizeOf(this.#iterator?.ready);
  }

  /** Hands on the messages that waited, as far as someone takes them now. */
  release(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || (this.engine.record !== undefined && this.#iterator === undefined)) return;
    this.#waiting = undefined;
    // One at a time: a listener may leave, or pause, after any of them.
    for (const received of waiting) this.#handOn(received);
    this.engine.onResume();
    if (this.#waiting !== undefined) return;
    this.engine.incoming.resume('nobody listens');
    this.engine.taken();
  }

  forget(): void {
    this.#waiting = undefined;
    this.#forgotten = true;
    this.#closing = true;
  }

  onReceived(received: Received): void {
    // A listener that has just come hears first what waited.
    if (this.#waiting !== undefined && isHeard(received, this.#connection, this.#owner)) this.release();
    this.#deliver(received);
  }

  onRead(): void {
    this.#owner?.onRead?.(this.#connection);
  }

  onPing(payload: Buffer): void {
    this.#emit('ping', payload);
  }

  onPong(payload: Buffer): void {
    this.#emit('pong', payload);
  }

  onDrain(): void {
    try {
      this.#owner?.onDrain?.(this.#connection);
    } catch (error) {
      // Others are flushed behind us in this turn.
      this.fault(error);
    }
    this.#emit('drain');
  }

  onError(error: Error): void {
    const connection = this.#connection;
    this.#publish(error);
    this.#owner?.onError(error, connection);
    if (connection.listenerCount('error') === 0) return;
    try {
      connection.emit('error', error);
    } catch (fault) {
      warnUnheard(asError(fault));
      this.#publish(asError(fault));
    }
  }

  onClose(record: CloseRecord): void {
    const connection = this.#connection;
    this.#waiting = undefined;
    this.#iterator?.end();
    if (channels.close.hasSubscribers) channels.close.publish({ connection, record });
    this.#owner?.onClose(record, connection);
    this.#emit('close', record);
    this.#closed?.resolve(record);
  }

  /** A listener threw, or its promise was rejected. One for `error` has nobody left to tell but the channel. */
  fault(thrown: unknown, event?: unknown): void {
    const error = asError(thrown);
    if (isOfEnd(error, this.engine, event)) return;
    if (event === 'error' || !hearsErrors(this.#connection, this.#owner)) warnUnheard(error);
    if (event === 'error') this.#publish(error);
    else return this.engine.record === undefined ? this.fail(error) : this.onError(error);
  }

  /** Gives the connection up, and with it what waits for someone to take it. */
  fail(error: Error): void {
    this.forget();
    this.engine.fail(error);
  }

  #publish(error: Error): void {
    if (channels.error.hasSubscribers) channels.error.publish({ connection: this.#connection, error });
  }

  /** Hands on what has waited. After `close` only another loop can have it; a connection that was given up emits nothing. */
  #handOn(received: Received): void {
    if (this.#iterator === undefined && this.engine.record !== undefined) this.#wait(received);
    else if (this.#iterator !== undefined || !this.#forgotten) this.#deliver(received);
  }

  #deliver(received: Received): void {
    if (this.#iterator !== undefined) {
      if (!this.#iterator.push(received) && !this.#leave(received)) this.engine.incoming.pause('iterator is full');
      return;
    }
    const isPaused = this.#waiting !== undefined || this.engine.incoming.isPausedBy('application');
    if (isPaused && !this.#closing) return this.#wait(received);
    if (this.#offer(received)) return;
    if (!this.#discarding && !this.#closing) this.#wait(received);
    else if (received instanceof MessageStream) received.body.destroy();
  }

  /** Whether more may come after what a loop has not taken yet. */
  #leave(received: Received): boolean {
    if (!this.#closing) return false;
    this.#untaken += bytesIn(received);
    return this.#untaken < CLOSING_BYTES;
  }

  /** Emits a message to whoever listens; false when nobody does. */
  #offer(received: Received): boolean {
    const connection = this.#connection;
    const owner = this.#owner?.takesMessages(connection) === true ? this.#owner : undefined;
    let heard = owner !== undefined;
    try {
      // Where only the server listens, to emit to nobody costs three times as much as to ask.
      if (received instanceof MessageStream) {
        if (connection.listenerCount('stream') > 0) heard = connection.emit('stream', received) || heard;
        owner?.onStream(received, connection);
      } else {
        if (connection.listenerCount('message') > 0) heard = connection.emit('message', received) || heard;
        owner?.onMessage(received, connection);
      }
    } catch (error) {
      this.fault(error);
    }
    return heard;
  }

  #wait(received: Received): void {
    this.#waiting ??= new WaitingMessages();
    this.#waiting.add(received);
    if (this.#waiting.full) this.engine.incoming.pause('nobody listens');
  }

  #emit<Name extends keyof ConnectionEvents>(name: Name, ...args: ConnectionEvents[Name]): void {
    try {
      (this.#connection as EventEmitter).emit(name, ...args);
    } catch (error) {
      this.fault(error);
    }
  }
}
