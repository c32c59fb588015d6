/** Where clients under test come: one connection after another, each with a request for a WebSocket. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fieldOf, readHead, type WrittenHead } from '../answer.js';
import { acceptFor } from './key.js';
import { Link } from './link.js';
import type { Waits } from './play.js';

/** The frame of a Close with 1000. */
const CLOSE = Buffer.from('880203e8', 'hex');

/** A client that has sent its request, and waits for the answer. */
export class Visit {
  readonly link: Link;
  readonly head: WrittenHead;

  constructor(link: Link, head: WrittenHead) {
    this.link = link;
    this.head = head;
  }

  /** A field's values, joined; '' where it is absent. */
  valueOf(name: string): string {
    return fieldOf(this.head, name) ?? '';
  }

  /** Whether a field that is a list has this member; case means nothing. */
  names(field: string, member: string): boolean {
    const members = this.valueOf(field).split(',');
    return members.some((each) => each.trim().toLowerCase() === member);
  }

  get key(): string {
    return this.valueOf('sec-websocket-key');
  }

  /** What its key is answered with (RFC 6455 §4.2.2). */
  get accept(): string {
    return acceptFor(this.key);
  }

  /** Opens the connection, with an extension or without. */
  open(extension?: string): void {
    this.link.write(responseWith(this.accept, extension === undefined ? [] : [extension]));
  }

  /** Closes in order, as far as the client goes along: it is to come again. */
  async leave({ patienceMs }: Waits): Promise<void> {
    this.link.write(CLOSE);
    this.link.end();
    await this.link.until(() => this.link.ended, patienceMs);
    this.link.destroy();
  }
}

/** A response that opens. @param extensions a line for each */
export function responseWith(accept: string, extensions: readonly string[]): string {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  const chosen = extensions.map((extension) => `Sec-WebSocket-Extensions: ${extension}`);
  return [...lines, `Sec-WebSocket-Accept: ${accept}`, ...chosen, '\r\n'].join('\r\n');
}

export class Visitors {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #headMs: number;
  /** Those whose turn has not come. */
  readonly #visits: Visit[] = [];
  #isClosed = false;
  #wake: () => void = () => {};

  /** Rejects where it cannot listen. @param headMs how long a request may take */
  static async listen(port: number, host: string, headMs: number): Promise<Visitors> {
    const server = createServer({ allowHalfOpen: true });
    const visitors = new Visitors(server, headMs);
    server.listen(port, host);
    await once(server, 'listening');
    return visitors;
  }

  private constructor(server: Server, headMs: number) {
    this.#server = server;
    this.#headMs = headMs;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      void this.#welcome(new Link(socket));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * The next client that waits for an answer; `undefined` where none does after so long, and once nobody listens.
   * @param milliseconds `Infinity`: as long as it takes
   */
  async next(milliseconds: number): Promise<Visit | undefined> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
      this.#wake();
    };
    const timer = milliseconds === Infinity ? undefined : setTimeout(end, milliseconds);
    try {
      for (;;) {
        const visit = this.#shift();
        if (visit !== undefined || isOver || this.#isClosed) return visit;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#wake();
  }

  /** Who did not wait so long is no visitor any more. */
  #shift(): Visit | undefined {
    let visit = this.#visits.shift();
    while (visit?.link.ended === true) visit = this.#visits.shift();
    return visit;
  }

  /** Who asks for something else, or for nothing, is told 404. */
  async #welcome(link: Link): Promise<void> {
    await link.until(() => readHead(link.received) !== undefined, this.#headMs);
    const head = readHead(link.received);
    const visit = head && new Visit(link, head);
    if (visit?.names('upgrade', 'websocket') === true) {
      this.#visits.push(visit);
      this.#wake();
    } else {
      link.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      link.end();
    }
  }
}
