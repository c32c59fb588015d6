// A client that loses nothing: what it was given is sent until it is acknowledged, over as many connections as that
// takes. A message whose acknowledgement was lost arrives twice, with the same id.
import { connect, type Connection, type Retry } from '@sokker/client';
import { randomUUID } from 'node:crypto';

interface Pending {
  readonly message: string;
  readonly acknowledge: (worker: number) => void;
}

export class Sender {
  /** Each time that another connection is needed. */
  readonly onRetry: (retry: Retry) => void;
  readonly #url: string;
  readonly #pending = new Map<string, Pending>();
  readonly #end = new AbortController();
  #connection: Connection | undefined;

  constructor(url: string, onRetry: (retry: Retry) => void) {
    this.#url = url;
    this.onRetry = onRetry;
  }

  /** Sends a text, now or with the next connection; resolves when it is acknowledged, with the worker that has it. */
  send(text: string): Promise<number> {
    return new Promise((acknowledge) => {
      const id = randomUUID();
      const message = `${id} ${text}`;
      this.#pending.set(id, { message, acknowledge });
      this.#connection?.send(message);
    });
  }

  /** Keeps a connection until `end`. */
  async run(): Promise<void> {
    const connections = connect.forever(this.#url, {
      signal: this.#end.signal,
      onRetry: this.onRetry,
      // What was not sent is pending here as well.
      onUnsent: () => undefined,
    });
    try {
      for await (const connection of connections) await this.#converse(connection);
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }

  end(): void {
    this.#end.abort();
  }

  async #converse(connection: Connection): Promise<void> {
    this.#connection = connection;
    for (const { message } of this.#pending.values()) connection.send(message);
    for await (const message of connection) {
      const [id = '', worker] = message.text().split(' ');
      this.#pending.get(id)?.acknowledge(Number(worker));
      this.#pending.delete(id);
    }
  }
}
