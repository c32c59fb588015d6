import { request as httpRequest, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  DecoderCore,
  encodeFrame,
  Opcode,
  wholeFrame,
  type FrameSlice,
  type MessageCoder,
  type Role,
} from '@sokker/frame';
import { accept, createRequest, encodeResponse, examine, verifyResponse, type Extension } from '@sokker/handshake';
import { pieces } from './drive.js';

/** One end of a WebSocket that echoes or asks, made of nothing but the codec, a coder and a socket. */
export class Endpoint {
  readonly #duplex: Duplex;
  readonly #role: Role;
  readonly #coder: MessageCoder;
  readonly #decoder: DecoderCore;
  #onMessage: (message: Buffer) => void = () => {};
  #coded = false;
  #parts: Buffer[] = [];
  #reading = Promise.resolve();

  constructor(duplex: Duplex, role: Role, coder: MessageCoder, head: Buffer) {
    this.#duplex = duplex;
    this.#role = role;
    this.#coder = coder;
    this.#decoder = new DecoderCore({ role, rsv: coder.rsv, maxFramePayloadBytes: Infinity });
    duplex.on('data', (chunk: Buffer) => this.#take(chunk));
    duplex.on('error', () => {});
    if (head.length > 0) this.#take(head);
  }

  next(): Promise<Buffer> {
    return new Promise((resolve) => (this.#onMessage = resolve));
  }

  echo(): void {
    this.#onMessage = (message) => void this.send(message);
  }

  /** In frames of the coder's pieces. */
  async send(payload: Buffer): Promise<void> {
    const coded = await pieces(this.#coder.encode, payload, true);
    const all = [...coded, Buffer.alloc(0)];
    for (const [index, piece] of all.entries()) {
      const opcode = index === 0 ? Opcode.binary : Opcode.continuation;
      const frame = wholeFrame(index === all.length - 1, index === 0 ? this.#coder.rsv : 0, opcode, piece);
      this.#duplex.write(encodeFrame(frame, { role: this.#role }));
    }
  }

  close(): void {
    this.#coder.close();
    this.#duplex.destroy();
  }

  #take(chunk: Buffer): void {
    this.#decoder.write(chunk);
    for (let frame = this.#decoder.next(); frame !== undefined; frame = this.#decoder.next()) {
      const taken = frame;
      this.#reading = this.#reading.then(() => this.#read(taken));
    }
  }

  async #read(frame: FrameSlice): Promise<void> {
    if (frame.opcode > Opcode.binary) return;
    if (frame.opcode !== Opcode.continuation) this.#coded = frame.rsv === this.#coder.rsv;
    this.#parts.push(...(this.#coded ? await pieces(this.#coder.decode, frame.payload, frame.fin) : [frame.payload]));
    if (!frame.fin) return;
    const message = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#onMessage(message);
  }
}

/** A server on 127.0.0.1 whose connections echo. */
export async function echoServer(extension: Extension<MessageCoder>): Promise<{ url: string; close(): void }> {
  const endpoints: Endpoint[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const { method = '', url = '', httpVersion, rawHeaders } = request;
    const offer = examine({ method, target: url, httpVersion, rawHeaders });
    if (offer.type !== 'offer') return void socket.destroy();
    const acceptance = accept(offer, { extensions: [extension] });
    socket.write(encodeResponse(acceptance));
    const endpoint = new Endpoint(socket, 'server', acceptance.extensions[0]!.session, head);
    endpoint.echo();
    endpoints.push(endpoint);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    for (const endpoint of endpoints) endpoint.close();
    server.close();
  };
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

export async function connect(url: string, extension: Extension<MessageCoder>): Promise<Endpoint> {
  const request = createRequest(url, { extensions: [extension] });
  const { hostname, port, target: path, rawHeaders } = request;
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, headers: rawHeaders as string[] });
    sent.on('error', reject);
    sent.on('upgrade', (response, socket, head) => {
      const { statusCode: status = 0, statusMessage: reason = '', httpVersion, rawHeaders: lines } = response;
      const agreement = verifyResponse(request, { status, reason, httpVersion, rawHeaders: lines });
      if (agreement.type === 'declined') return reject(new Error(`status ${agreement.status}`));
      resolve(new Endpoint(socket, 'client', agreement.extensions[0]!.session, head));
    });
    sent.end();
  });
}
