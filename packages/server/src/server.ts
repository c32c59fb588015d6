import { ConnectionSettings, LIMIT_OPTIONS, systemClock, type Bytes, type Prepared } from '@sokker/connection';
import { CloseCode, readOptions } from '@sokker/frame';
import { captureRejectionSymbol, EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { attach, type UpgradeEmitter } from './attachments.js';
import { broadcastTo, type BroadcastReport } from './broadcast.js';
import { Clients } from './clients.js';
import { Doorway } from './doorway.js';
import { asError, ServerError } from './errors.js';
import type { ServerEvents } from './events.js';
import { Listener } from './listener.js';
import { ATTACH_OPTIONS, SERVER_OPTIONS, type AttachOptions, type ServerOptions } from './options.js';
import type { ServerSettings } from './options.js';
import { Reporter } from './reporter.js';
import { connectionIn, type ServerConnection } from './server-connection.js';

/**
 * A WebSocket server: alone on a port (`listen`), beside a node:http or node:https server (`attach`), or for single
 * upgrades (`handleUpgrade`), all three at once if need be.
 *
 * What a listener throws, or rejects, closes the connection concerned with 1011 and reaches `error`; it never ends the
 * process.
 */
export class SokkerServer<Context = unknown> extends EventEmitter<ServerEvents<Context>> {
  readonly #reporter: Reporter<Context>;
  readonly #clients: Clients<Context>;
  readonly #doorway: Doorway<Context>;
  /** What ends a way in: a listener of ours, an attachment to another's. */
  readonly #entrances = new Set<() => void>();
  #closed: Promise<void> | undefined;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: ServerOptions<Context> = {}) {
    super({ captureRejections: true });
    const settings = readOptions<ServerSettings<Context>>('SokkerServer', SERVER_OPTIONS, options);
    const clock = settings.clock ?? systemClock;
    const limits = Object.fromEntries(LIMIT_NAMES.map((name) => [name, settings[name]]));
    this.#reporter = new Reporter(this);
    this.#clients = new Clients(new ConnectionSettings({ role: 'server', clock, ...limits }), this.#reporter);
    this.#doorway = new Doorway(settings, clock, this.#clients, this.#reporter);
    // The listener is not there yet when `newListener` is emitted, hence the tick. Node's types leave the event out.
    this.on('newListener' as 'listening', (name: unknown) => {
      if (name === 'message' || name === 'stream') process.nextTick(() => this.#clients.deliver());
    });
  }

  /** The open connections, as they come and go. */
  get clients(): ReadonlySet<ServerConnection<Context>> {
    return this.#clients.view;
  }

  /**
   * Listens on a port of its own, for WebSockets alone: any other request is refused with 426 or what it deserves.
   * @param port 0 to 65535; 0 is any that is free
   * @param host default: every address of this machine
   *
   * Rejects with ServerError, in one sentence that says what to do.
   */
  listen(port: number, host?: string): Promise<AddressInfo>;
  /** Listens on a unix socket. */
  listen(path: string): Promise<string>;
  async listen(port: number | string, host?: string): Promise<AddressInfo | string> {
    if (this.#closed !== undefined) throw new ServerError('ERR_SOKKER_SERVER_CLOSED');
    const listener = new Listener({
      onSocket: (socket) => this.#doorway.onSocket(socket),
      onError: (error) => this.#reporter.error(error, undefined),
    });
    const address = await listener.listen(port, host);
    this.#entrances.add(() => listener.close());
    this.#reporter.tell('listening', address);
    return address;
  }

  /**
   * Answers the upgrade requests of a node:http or node:https server, which keeps all its other requests. Several
   * servers may share one listener by paths; a request that no path claims gets 404, unless someone else listens for
   * 'upgrade' too.
   * @returns undoes it; open connections go on
   * @throws UsageError `ERR_SOKKER_OPTION`
   */
  attach(httpServer: UpgradeEmitter, options: AttachOptions = {}): () => void {
    if (this.#closed !== undefined) throw new ServerError('ERR_SOKKER_SERVER_CLOSED');
    const { path } = readOptions<AttachOptions>('attach', ATTACH_OPTIONS, options);
    const detach = attach(httpServer, {
      claims: (asked) => path === undefined || (typeof path === 'string' ? asked === path : path(asked)),
      take: (request, socket, head) => this.#doorway.onRequest(request, socket, head),
    });
    this.#entrances.add(detach);
    return () => {
      this.#entrances.delete(detach);
      detach();
    };
  }

  /**
   * Answers a single upgrade request, as an 'upgrade' listener of node:http gets it; the socket is ours from here on.
   * @returns the connection; undefined where the request was refused, which the peer has been told
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<ServerConnection<Context> | undefined> {
    return new Promise((resolve) => this.#doorway.onRequest(request, socket, head, resolve));
  }

  /**
   * Sends a message to every client; it is encoded once.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  broadcast(data: string | Bytes | Prepared): BroadcastReport {
    return broadcastTo(this.#clients.all, data);
  }

  /**
   * Ends the listeners and closes every connection with 1001, at the latest after `closeTimeoutMs`. A node:http server
   * that it was attached to goes on.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** A listener of ours returned a promise that was rejected. */
  override [captureRejectionSymbol](...[error, name, ...args]: readonly unknown[]): void {
    const connection = connectionIn<Context>(args);
    if (name === 'error') this.#reporter.publish(asError(error), connection);
    else this.#reporter.fault(error, connection);
  }

  async #close(): Promise<void> {
    for (const leave of this.#entrances) leave();
    this.#entrances.clear();
    this.#doorway.close();
    await Promise.all([...this.#clients.all].map((connection) => connection.close(CloseCode.goingAway)));
  }
}

const LIMIT_NAMES = Object.keys(LIMIT_OPTIONS) as (keyof typeof LIMIT_OPTIONS)[];
