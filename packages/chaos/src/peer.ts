/** Raw clients: a socket, an opening handshake, frames in and out. No part of Sokker, so that they can do wrong. */
import { connect, type Socket } from 'node:net';
import { BINARY, CLOSE, closeFrame, frame, FrameReader, PING, PONG, type Received } from './frames.js';

const HOST = '127.0.0.1';
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const HEAD_END = '\r\n\r\n';
/** Dialling from several addresses, so that closed connections in TIME_WAIT never use up the ports of one. */
const SOURCE_ADDRESSES = 16;
let dialled = 0;

export interface PeerOptions {
  /** Default '/'. */
  readonly path?: string;
  /** More header lines, each with its CRLF. */
  readonly headers?: string;
  readonly localAddress?: string;
  /** Whether Pings and Closes are answered as they should be; default true. */
  readonly answers?: boolean;
  /** Each frame but those that were answered. */
  readonly onFrame?: (frame: Received, peer: Peer) => void;
  readonly onClose?: (peer: Peer) => void;
}

/** Connects to the port under test, from one of several addresses. */
export function dial(port: number, localAddress = `127.0.1.${1 + (dialled++ % SOURCE_ADDRESSES)}`): Socket {
  const socket = connect({ host: HOST, port, localAddress, noDelay: true });
  // The end is told by 'close'.
  socket.on('error', () => {});
  return socket;
}

/** Resolves when the operating system has taken the bytes, or the socket is gone. */
export function written(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.write(bytes, () => resolve());
  });
}

/** A request for a WebSocket that breaks no rule. */
export function requestHead(port: number, { path = '/', headers = '' }: PeerOptions = {}): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${HOST}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n${headers}\r\n`
  );
}

export class Peer {
  readonly socket: Socket;
  /** The code of the Close that the server sent; 1006 where it went without one. */
  closeCode: number | undefined;
  readonly #options: PeerOptions;
  readonly #reader = new FrameReader();
  #head: string | undefined = '';
  #onOpen: ((error?: Error) => void) | undefined;

  private constructor(port: number, options: PeerOptions) {
    this.#options = options;
    this.socket = dial(port, options.localAddress);
    this.socket.write(requestHead(port, options));
    this.socket.on('data', (chunk) => this.#read(chunk));
    this.socket.on('close', () => {
      this.closeCode ??= 1006;
      this.#opened(new Error('refused: the socket was closed'));
      options.onClose?.(this);
    });
  }

  /** Rejects with `refused: ` and the head of the response where the server says no. */
  static open(port: number, options: PeerOptions = {}): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const peer = new Peer(port, options);
      peer.#onOpen = (error) => (error === undefined ? resolve(peer) : reject(error));
    });
  }

  send(payload: Uint8Array, opcode = BINARY): boolean {
    return this.socket.write(frame(opcode, payload));
  }

  write(bytes: Buffer): Promise<void> {
    return written(this.socket, bytes);
  }

  close(code = 1000): void {
    this.socket.write(closeFrame(code));
  }

  /** Resolves once the socket is closed, with the code of the server's Close. */
  get closed(): Promise<number> {
    return new Promise((resolve) => {
      if (this.socket.closed) resolve(this.closeCode ?? 1006);
      else this.socket.once('close', () => resolve(this.closeCode ?? 1006));
    });
  }

  #opened(error?: Error): void {
    this.#onOpen?.(error);
    this.#onOpen = undefined;
  }

  #read(chunk: Buffer): void {
    if (this.#head === undefined) return this.#take(chunk);
    const head = this.#head + chunk.toString('latin1');
    const end = head.indexOf(HEAD_END);
    this.#head = head;
    if (end === -1) return;
    if (!head.startsWith('HTTP/1.1 101 ')) {
      this.#opened(new Error(`refused: ${head.slice(0, end)}`));
      return void this.socket.destroy();
    }
    this.#head = undefined;
    this.#opened();
    this.#take(Buffer.from(head.slice(end + HEAD_END.length), 'latin1'));
  }

  #take(chunk: Buffer): void {
    for (const received of this.#reader.read(chunk)) {
      if (received.opcode === CLOSE) this.#closing(received.payload);
      else if (received.opcode === PING && this.#options.answers !== false) this.send(received.payload, PONG);
      else this.#options.onFrame?.(received, this);
    }
  }

  #closing(payload: Buffer): void {
    this.closeCode = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    if (this.#options.answers !== false) this.socket.end(frame(CLOSE, payload));
  }
}

/** Connections being opened at one time: enough to keep a server busy, few enough for any backlog. */
const OPENING_AT_ONCE = 64;

/** Does something `count` times, a few at a time. */
export async function manyTimes<T>(
  count: number,
  act: (index: number) => Promise<T>,
  atOnce = OPENING_AT_ONCE,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      results[index] = await act(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, atOnce) }, worker));
  return results;
}

export function openPeers(port: number, count: number, options: PeerOptions = {}): Promise<Peer[]> {
  return manyTimes(count, () => Peer.open(port, options));
}
