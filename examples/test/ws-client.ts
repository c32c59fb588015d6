// `ws` as a client whose events can be waited for, none lost.
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export class WsClient {
  readonly socket: WebSocket;
  readonly closed: Promise<Closing>;
  readonly #received: (string | Buffer)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      this.#received.push(isBinary ? bytes : bytes.toString());
      socket.emit('received');
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Rejects with what `ws` says of a refusal: its status is in the message. */
  static async open(url: string, options: ClientOptions = {}): Promise<WsClient> {
    const client = new WsClient(new WebSocket(url, options));
    await once(client.socket, 'open');
    return client;
  }

  /** The next message: text as a string, binary as bytes. */
  async next(): Promise<string | Buffer> {
    for (;;) {
      const message = this.#received.shift();
      if (message !== undefined) return message;
      await once(this.socket, 'received');
    }
  }

  async nextJson(): Promise<unknown> {
    return JSON.parse(String(await this.next()));
  }

  send(data: string | Buffer | object): void {
    this.socket.send(typeof data === 'string' || Buffer.isBuffer(data) ? data : JSON.stringify(data));
  }

  async ping(data: string): Promise<string> {
    this.socket.ping(data);
    const [payload] = (await once(this.socket, 'pong')) as [Buffer];
    return payload.toString();
  }

  close(code?: number, reason?: string): Promise<Closing> {
    this.socket.close(code, reason);
    return this.closed;
  }
}
