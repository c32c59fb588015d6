/** A server under test: where it is, how long it is waited for, and the connections that are open to it. */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { Address } from './address.js';
import { Link } from './link.js';
import type { Waits } from './play.js';

export class Subject implements Waits {
  readonly address: Address;
  readonly patienceMs: number;
  readonly timeoutMs: number;
  readonly #sockets = new Set<Socket>();
  #isLeft = false;

  constructor(address: Address, { patienceMs, timeoutMs }: Waits) {
    this.address = address;
    this.patienceMs = patienceMs;
    this.timeoutMs = timeoutMs;
  }

  /** Rejects where no connection is made in time, and once the run is over. */
  async dial(): Promise<Link> {
    if (this.#isLeft) throw new Error('the run is over');
    const { host, port, isSecure } = this.address;
    const socket = isSecure
      ? connectSecurely({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connect({ host, port });
    this.#sockets.add(socket);
    const link = new Link(socket);
    const timer = setTimeout(() => socket.destroy(new Error(`no connection in ${this.timeoutMs} ms`)), this.timeoutMs);
    socket.on('close', () => this.#sockets.delete(socket));
    try {
      await new Promise<void>((resolve, reject) => {
        // A socket that is destroyed while it connects tells of nothing but its close.
        socket.once(isSecure ? 'secureConnect' : 'connect', resolve).once('error', reject);
        socket.once('close', () => reject(new Error('the run is over')));
      });
    } finally {
      clearTimeout(timer);
    }
    return link;
  }

  /** Ends the run: what is open is destroyed, and nothing is opened any more. */
  leave(): void {
    this.#isLeft = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
