import { connect } from '@sokker/client';
import type { CloseRecord, Connection } from '@sokker/connection';
import { permessageDeflate } from '@sokker/deflate';
import { once } from 'node:events';
import type { Message } from '@sokker/frame';
import type { Sent } from './messages.js';

/** Where clients put what they see. */
export interface Tally {
  onEcho(ms: number): void;
  /** Something that must not happen. */
  onFault(what: string): void;
  /** Messages whose echo did not come. */
  onLost(count: number): void;
}

const EXTENSION = permessageDeflate({ thresholdBytes: 256 });
const MAX_WAITING = 32;
const SETTLE_MS = 10_000;

/** One connection of the soak: what it sends must come back, in order and unchanged. */
export class SoakClient {
  readonly #connection: Connection;
  readonly #tally: Tally;
  readonly #waiting: Sent[] = [];
  #leaving = false;
  #onSettled = (): void => {};

  static async open(port: number, deflate: boolean, tally: Tally): Promise<SoakClient> {
    const extensions = deflate ? [EXTENSION] : [];
    const connection = await connect(`ws://127.0.0.1:${port}/`, { extensions, waitTurn: false });
    return new SoakClient(connection, tally);
  }

  private constructor(connection: Connection, tally: Tally) {
    this.#connection = connection;
    this.#tally = tally;
    connection.on('message', (message) => this.#take(message));
    connection.on('close', (record) => this.#closed(record));
  }

  /** Sends a message, unless many are under way or this one is leaving. */
  send(message: Sent): void {
    if (this.#leaving || this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(message);
    this.#connection.send(message.text ? message.bytes.toString('latin1') : message.bytes);
  }

  /** Waits for what is under way, then closes in order. */
  async leave(): Promise<void> {
    this.#leaving = true;
    if (this.#waiting.length > 0) {
      const settled = new Promise<void>((resolve) => (this.#onSettled = resolve));
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), SETTLE_MS);
      await Promise.race([settled, once(late.signal, 'abort')]);
      clearTimeout(timer);
      this.#tally.onLost(this.#waiting.splice(0).length);
    }
    const { clean, code } = await this.#connection.close();
    if (!clean) this.#tally.onFault(`a close that was not clean: ${code}`);
  }

  /** Goes without a word, as clients do; what is under way is nobody's loss. */
  vanish(): void {
    this.#leaving = true;
    this.#waiting.length = 0;
    this.#connection.terminate();
  }

  #take({ type, data }: Message): void {
    const sent = this.#waiting.shift();
    if (sent === undefined) return this.#leaving ? undefined : this.#tally.onFault('an echo of nothing');
    if ((type === 'text') !== sent.text || !data.equals(sent.bytes)) this.#tally.onFault('a message came back changed');
    this.#tally.onEcho(performance.now() - sent.at);
    if (this.#waiting.length === 0) this.#onSettled();
  }

  #closed({ code, error }: CloseRecord): void {
    if (this.#leaving) return;
    this.#tally.onLost(this.#waiting.splice(0).length);
    this.#tally.onFault(`a connection ended with ${code}${error === undefined ? '' : `: ${error.message}`}`);
  }
}
