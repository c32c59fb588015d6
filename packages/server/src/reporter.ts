import { asError, hearsErrors, isOfEnd, warnUnheard } from '@sokker/connection';
import type { EventEmitter } from 'node:events';
import { channels } from './channels.js';
import { connectionIn } from './connection-in.js';
import type { ServerEvents } from './events.js';
import type { Recorder } from './recorder.js';
import type { ServerConnection } from './server-connection.js';

/** Tells a server's listeners what happens; what they throw fails the connection concerned and nothing else. */
export class Reporter<Context> {
  readonly #server: EventEmitter;
  readonly #recorder: Recorder;

  constructor(server: EventEmitter, recorder: Recorder) {
    this.#server = server;
    this.#recorder = recorder;
  }

  hears(name: keyof ServerEvents<Context>): boolean {
    return this.#server.listenerCount(name) > 0;
  }

  /** Whether someone learns of errors. */
  get hearsErrors(): boolean {
    return this.hears('error') || channels.error.hasSubscribers;
  }

  tell<Name extends Exclude<keyof ServerEvents<Context>, 'error'>>(
    name: Name,
    ...args: ServerEvents<Context>[Name]
  ): void {
    try {
      this.#server.emit(name, ...args);
    } catch (error) {
      this.fault(error, connectionIn<Context>(args));
    }
  }

  /** A listener threw, or its promise was rejected. One for `error` has nobody left to tell but the channel. */
  fault(thrown: unknown, connection: ServerConnection<Context> | undefined, event?: unknown): void {
    const error = asError(thrown);
    if (connection !== undefined && isOfEnd(error, connection, event)) return;
    if (event === 'error') return this.#unheard(error, connection);
    if (!this.hearsErrors && !(connection !== undefined && hearsErrors(connection))) warnUnheard(error);
    // A connection that has ended has nothing left to fail.
    if (connection === undefined || connection.state === 'closed') this.error(error, connection);
    else connection.fail(error);
  }

  /** Something went wrong. */
  error(error: Error, connection: ServerConnection<Context> | undefined): void {
    this.publish(error, connection);
    if (!this.hears('error')) return;
    try {
      this.#server.emit('error', error, connection);
    } catch (fault) {
      this.#unheard(asError(fault), connection);
    }
  }

  publish(error: Error, connection: ServerConnection<Context> | undefined): void {
    this.#recorder.failed({ error, connection });
  }

  #unheard(fault: Error, connection: ServerConnection<Context> | undefined): void {
    if (!channels.error.hasSubscribers) warnUnheard(fault);
    this.publish(fault, connection);
  }
}
