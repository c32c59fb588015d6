import { Duplex, type DuplexOptions } from 'node:stream';
import type { RawData } from './events.js';
import { WebSocket } from './websocket.js';

/**
 * One stream of all messages, whose borders are lost unless `readableObjectMode` keeps them, with text as strings. What is
 * written leaves as a message for each chunk. It ends with the WebSocket, and the WebSocket with it.
 */
export function createWebSocketStream(socket: WebSocket, options?: DuplexOptions): Duplex {
  const stream = new SocketStream(socket, {
    ...options,
    allowHalfOpen: false,
    objectMode: false,
    writableObjectMode: false,
  });
  socket.on('message', (data, isBinary) => stream.onMessage(data, isBinary));
  socket.once('error', (error) => stream.destroy(error));
  socket.once('close', () => stream.onClose());
  return stream;
}

class SocketStream extends Duplex {
  readonly #socket: WebSocket;
  readonly #isObjects: boolean;
  /** Where our side ends first, that is done once the WebSocket is closed. */
  #onEnd: ((error?: Error | null) => void) | undefined;

  constructor(socket: WebSocket, options: DuplexOptions) {
    super(options);
    this.#socket = socket;
    this.#isObjects = options.readableObjectMode === true;
  }

  onMessage(data: RawData, isBinary: boolean): void {
    const chunk: unknown = !isBinary && this.#isObjects ? (data as Buffer).toString() : data;
    if (!this.push(chunk)) this.#socket.pause();
  }

  onClose(): void {
    this.push(null);
    this.#onEnd?.();
    // What has not been read yet still can be.
    if (this.#onEnd === undefined && !this.writableEnded) this.end();
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(chunk: unknown, _: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#whenOpen(() => this.#socket.send(chunk, callback), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#socket.readyState === WebSocket.CLOSED) return callback();
    this.#whenOpen(() => {
      this.#onEnd = callback;
      this.#socket.close();
    }, callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.terminate();
    callback(error);
  }

  #whenOpen(run: () => void, fail: (error: Error) => void): void {
    if (this.#socket.readyState !== WebSocket.CONNECTING) return run();
    this.#socket.once('open', run);
    this.#socket.once('error', fail);
  }
}
