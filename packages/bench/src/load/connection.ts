/** One raw connection of the load: dials, shakes hands, then counts messages. No WebSocket library is involved. */
import { connect, type Socket } from 'node:net';
import type { Target } from './jobs.js';
import { ReplyReader, type FirstMessage } from './reply-reader.js';

export interface ConnectionOptions {
  readonly target: Target;
  readonly deflate: boolean;
  readonly onOpen: (connection: LoadConnection) => void;
  readonly onMessages?: (count: number, connection: LoadConnection) => void;
  readonly onFirst?: (message: FirstMessage) => void;
  /** Called for anything that goes wrong before `close()`; the run is over then. */
  readonly onError: (error: Error) => void;
}

const HOST = '127.0.0.1';
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** The answer to KEY (RFC 6455 §1.3). */
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const HEAD_END = '\r\n\r\n';
/**
 * Dialling from many addresses in turn: a connection that was closed keeps its port for a minute (TIME_WAIT), and where
 * most ports of an address are taken, the search for a free one is all that the load still does.
 */
const SOURCE_ADDRESSES = 4096;
/** One buffer for all sockets: what is read is counted before the next read. */
const READ_BUFFER = Buffer.alloc(256 * 1024);

let dialled = 0;

function sourceAddress(index: number): string {
  return `127.1.${index >> 6}.${1 + (index & 63)}`;
}

function ignore(): void {}

export class LoadConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #reader: ReplyReader;
  #head: string | undefined = '';
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#reader = new ReplyReader(options.onFirst ?? ignore);
    this.#socket = connect({
      host: HOST,
      port: options.target.port,
      localAddress: sourceAddress(dialled++ % SOURCE_ADDRESSES),
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length, buffer) => this.#take(length, buffer as Buffer) },
    });
    this.#socket.on('connect', () => this.#socket.write(this.#request()));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the server closed a connection')));
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** At once. */
  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  /** Ends our side; resolves once the server has ended its own, so that nothing is left for it to do. */
  end(): Promise<void> {
    this.#closed = true;
    return new Promise((resolve) => {
      if (this.#socket.closed) return resolve();
      this.#socket.once('close', () => resolve()).end();
    });
  }

  #request(): string {
    const { target, deflate } = this.#options;
    const offer = deflate ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '';
    return (
      `GET ${target.path} HTTP/1.1\r\nHost: ${HOST}:${target.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n${offer}\r\n`
    );
  }

  #take(length: number, buffer: Buffer): boolean {
    if (this.#closed) return true;
    try {
      if (this.#head !== undefined) this.#readHead(buffer.subarray(0, length));
      else this.#count(buffer, length);
    } catch (error) {
      this.#fail(error as Error);
    }
    return true;
  }

  #readHead(bytes: Buffer): void {
    const head = (this.#head ?? '') + bytes.toString('latin1');
    this.#head = head;
    const end = head.indexOf(HEAD_END);
    if (end === -1) return;
    const agreed = head.includes('permessage-deflate');
    if (!head.startsWith('HTTP/1.1 101 ') || !head.includes(ACCEPT))
      throw new Error(`refused: ${head.split('\r\n')[0]}`);
    if (agreed !== this.#options.deflate) throw new Error('permessage-deflate was not agreed on as asked');
    this.#head = undefined;
    this.#options.onOpen(this);
    const rest = Buffer.from(head.slice(end + HEAD_END.length), 'latin1');
    if (rest.length > 0) this.#count(rest, rest.length);
  }

  #count(bytes: Buffer, length: number): void {
    const messages = this.#reader.read(bytes, length);
    if (messages > 0) this.#options.onMessages?.(messages, this);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#options.onError(error);
  }
}
