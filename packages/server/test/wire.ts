import { DecoderCore, encodeFrame, Opcode, wholeFrame, type Frame } from '@sokker/frame';
import { ResponseHeadReader, type ResponseHead } from '@sokker/handshake';
import { connect, type Socket } from 'node:net';

/** A client that is nothing but a socket: what it sends and sees is on the wire. */
export class Wire {
  readonly socket: Socket;
  readonly #decoder = new DecoderCore({ role: 'client', maxFramePayloadBytes: Infinity });
  #head: ResponseHead | undefined;
  readonly #reader = new ResponseHeadReader();
  readonly frames: Frame[] = [];
  body = '';
  ended = false;
  #changed: (() => void)[] = [];

  /** @param where a port of this machine, the path of a unix socket, or the other end itself */
  constructor(where: number | string | Socket) {
    if (typeof where === 'object') this.socket = where;
    else this.socket = typeof where === 'string' ? connect(where) : connect(where, '127.0.0.1');
    this.socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.ended = true;
      this.#tell();
    });
  }

  /** Opens a WebSocket. */
  static async open(where: number | string, headers: readonly string[] = [], target = '/'): Promise<Wire> {
    const wire = new Wire(where);
    wire.write(request(headers, target));
    await wire.response();
    return wire;
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  send(opcode: Opcode, payload: string | Buffer): void {
    const frame = wholeFrame(true, 0, opcode, Buffer.from(payload as string));
    this.write(encodeFrame(frame, { role: 'client', maskingKey: 0 }));
  }

  text(payload: string): void {
    this.send(Opcode.text, payload);
  }

  response(): Promise<ResponseHead> {
    return this.until(() => this.#head);
  }

  /** The next frame that nobody has taken. */
  frame(): Promise<Frame> {
    return this.until(() => this.frames.shift());
  }

  closed(): Promise<true> {
    return this.until(() => this.ended || undefined);
  }

  async until<Value>(look: () => Value | undefined): Promise<Value> {
    for (;;) {
      const seen = look();
      if (seen !== undefined) return seen;
      if (this.ended) throw new Error('the socket closed before what was waited for came');
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  #take(chunk: Buffer): void {
    if (this.#head === undefined) {
      this.#head = this.#reader.read(chunk);
      if (this.#head === undefined) return;
      chunk = Buffer.from(this.#reader.rest);
    }
    if (this.#head.status === 101) this.#decode(chunk);
    else this.body += chunk.toString();
    this.#tell();
  }

  #decode(chunk: Buffer): void {
    if (chunk.length > 0) this.#decoder.write(chunk);
    for (let frame = this.#decoder.next(); frame !== undefined; frame = this.#decoder.next()) this.frames.push(frame);
  }

  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

const BASE = [
  ['Host', 'localhost'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
];

export function request(headers: readonly string[] = [], target = '/'): string {
  const lines = [...BASE.map(([name, value]) => `${name}: ${value}`), ...headers];
  return `GET ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

export function header(head: ResponseHead, name: string): string | undefined {
  const index = head.rawHeaders.findIndex((each, at) => at % 2 === 0 && each.toLowerCase() === name.toLowerCase());
  return index === -1 ? undefined : head.rawHeaders[index + 1];
}
