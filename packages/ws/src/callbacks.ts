import type { Connection } from '@sokker/connection';

export type SendCallback = (error?: Error) => void;

/** The callbacks of messages that the operating system has not taken yet, in the order of these. */
export class Callbacks {
  readonly #connection: Connection;
  /** One for each message that was given to `send` since the first that had one. */
  #waiting: (SendCallback | undefined)[] = [];
  #called = 0;
  #isDue = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onAccepted = () => this.#beDue();
  }

  /** Of a message that was taken by the connection. */
  add(callback: SendCallback | undefined): void {
    this.#waiting.push(callback);
  }

  /** The connection has ended: what was not taken will not be. */
  end(): void {
    this.#settle();
    for (const callback of this.#waiting.splice(0)) callLater(callback, notSent());
  }

  /** In a tick of its own: a callback may send, and throw, where a write must not be disturbed. */
  #beDue(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    process.nextTick(() => this.#settle());
  }

  #settle(): void {
    this.#isDue = false;
    const accepted = this.#connection.acceptedMessages - this.#called;
    this.#called += accepted;
    for (const callback of this.#waiting.splice(0, accepted)) callLater(callback);
  }
}

/** Each by itself: what one throws keeps no other from being called. */
export function callLater(callback: SendCallback | undefined, error?: Error): void {
  if (callback === undefined) return;
  if (error === undefined) process.nextTick(callback);
  else process.nextTick(callback, error);
}

export function notSent(): Error {
  return new Error('WebSocket is not open: the connection ended before the message was sent');
}
