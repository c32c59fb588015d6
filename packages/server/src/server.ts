import { LateEmitter, systemClock, type Bytes, type Codec, type Prepared } from '@sokker/connection';
import { CloseCode, readOptions } from '@sokker/frame';
import { captureRejectionSymbol } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkDuplex, checkTopic, checkUpgrade } from './arguments.js';
import type { UpgradeEmitter } from './attachments.js';
import type { BroadcastOptions } from './broadcast-options.js';
import { audienceOf, broadcastSettings, broadcastTo, type BroadcastReport } from './broadcast.js';
import { Clients } from './clients.js';
import { connectionIn } from './connection-in.js';
import { Doorway } from './doorway.js';
import { DRAIN_OPTIONS, settleDrain, type DrainOptions, type DrainSettings } from './drain-options.js';
import { Drain, type DrainReport } from './drain.js';
import { Entrances } from './entrances.js';
import type { ServerEvents } from './events.js';
import { FOREIGN_OPTIONS } from './foreign-options.js';
import type { ServerMetrics } from './metrics.js';
import {
  SERVER_OPTIONS,
  SOCKET_OPTIONS,
  type AttachOptions,
  type ServerOptions,
  type ServerSettings,
  type SocketOptions,
} from './options.js';
import type { Parts } from './parts.js';
import type { Protocol } from './protocol.js';
import { requestOfUpgrade } from './read-request.js';
import { Gate } from './gate.js';
import { Recorder } from './recorder.js';
import { Reporter } from './reporter.js';
import type { ServerConnection } from './server-connection.js';
import { Warden } from './warden.js';

/**
 * A WebSocket server: alone on a port (`listen`), beside a node:http, node:https or node:http2 server (`attach`), for single upgrades
 * (`handleUpgrade`), or for sockets that somebody else accepted (`handleSocket`), all of these at once if need be.
 *
 * What a listener throws, or rejects, closes the connection concerned with 1011 and reaches `error`; it never ends the
 * process.
 *
 * `Context` is what `upgrade` answers as `context`, or what a `connection` listener assigns. Where one is let in without, it
 * is undefined whatever the type says: name it `Session | undefined` then.
 */
export class SokkerServer<Context = unknown> extends LateEmitter<ServerEvents<Context>> {
  readonly #settings: ServerSettings<Context>;
  readonly #parts: Parts<Context>;
  readonly #clients: Clients<Context>;
  readonly #doorway: Doorway<Context>;
  readonly #entrances: Entrances<Context>;
  #closed: Promise<void> | undefined;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: ServerOptions<Context> = {}) {
    super();
    const settings = readOptions<ServerSettings<Context>>('SokkerServer', SERVER_OPTIONS, options, FOREIGN_OPTIONS);
    const clock = settings.clock ?? systemClock;
    const recorder = new Recorder(this);
    this.#settings = settings;
    this.#parts = {
      gate: new Gate(settings, clock),
      recorder,
      reporter: new Reporter(this, recorder),
      warden: new Warden(settings, clock, recorder),
    };
    this.#clients = new Clients(settings, options, clock, this.#parts);
    this.#doorway = new Doorway(settings, clock, this.#parts, this.#clients);
    this.#entrances = new Entrances(this.#doorway, this.#parts);
  }

  /** @internal Someone listens for messages now: those that waited are handed on. */
  deliver(): void {
    this.#clients.deliver();
  }

  /** The open connections, as they come and go. */
  get clients(): ReadonlySet<ServerConnection<Context>> {
    return this.#clients.view;
  }

  /** The topics that someone has joined, as they come and go. */
  get topics(): ReadonlySet<string> {
    return this.#clients.topics.names;
  }

  /**
   * The connections that have joined a topic, as they come and go while it has any.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  topic(name: string): ReadonlySet<ServerConnection<Context>> {
    checkTopic(name);
    return this.#clients.topics.of(name);
  }

  /**
   * Listens on a port of its own, for WebSockets alone: any other request is refused with 426 or what it deserves.
   * @param port 0 to 65535; 0 is any that is free
   * @param host default: every address of this machine
   *
   * Rejects with ServerError, in one sentence that says what to do: also where `close` or `drain` comes first; with
   * UsageError `ERR_SOKKER_ARGUMENT` for what is no port, and for a callback.
   */
  listen(port: number, host?: string): Promise<AddressInfo>;
  /**
   * Listens on a unix socket.
   * @param path with a slash, to be told from a host: './server.sock'; at most 108 bytes, on other systems than Linux 103
   */
  listen(path: string): Promise<string>;
  listen(port: number | string, host?: string, ...rest: readonly unknown[]): Promise<AddressInfo | string> {
    return this.#entrances.listen(port, host, rest);
  }

  /**
   * Answers the upgrade requests of a node:http or node:https server, which keeps all its other requests; of one of
   * node:http2 its extended CONNECTs (RFC 8441), of which it lets sessions know that begin from now on. Several servers may
   * share one listener by paths; a request that no path claims gets 404, unless someone else listens for 'upgrade' too; a
   * stream of node:http2 gets it after `handshakeTimeoutMs` where others listen, and leave it unanswered; of several servers
   * the first that was attached counts it as refused. A request for another protocol, as `curl --http2` sends it, is not for
   * us: unless someone else listens, it is an ordinary one to the application, without its Upgrade (RFC 9110 §7.8). One with
   * a body, with more headers than node:http shows, or behind a request that is not answered yet is refused instead, as is
   * any other that is no WebSocket handshake.
   * @returns undoes it; open connections go on
   * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`, also where a server attached before has the same path
   *   or every path; ServerError `ERR_SOKKER_SERVER_CLOSED`
   */
  attach(httpServer: UpgradeEmitter, options: AttachOptions = {}): () => void {
    return this.#entrances.attach(httpServer, options);
  }

  /**
   * Answers a single upgrade request, as an 'upgrade' listener of node:http gets it; the socket is ours from here on.
   * @returns the connection; undefined where the request was refused, which the peer has been told. Rejects with
   *   ServerError `ERR_SOKKER_SOCKET_TAKEN` where the socket was taken before, which changes nothing for its peer; with
   *   UsageError `ERR_SOKKER_ARGUMENT`
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<ServerConnection<Context> | undefined> {
    return new Promise((resolve) => {
      checkUpgrade(request, socket, head);
      this.#doorway.onRequest(requestOfUpgrade(request, socket, head), resolve);
    });
  }

  /**
   * Serves a socket that somebody else accepted and nobody has read, or whose first bytes were put back by `unshift`: of
   * a listener of your own, of node:tls, behind the PROXY protocol, or a stream in memory. It is ours from here on.
   * @returns the connection; undefined where the request was refused, which the peer has been told, or none came. Rejects
   *   with ServerError `ERR_SOKKER_SOCKET_TAKEN` where the socket was taken before; with UsageError `ERR_SOKKER_ARGUMENT`,
   *   `ERR_SOKKER_OPTION`
   */
  handleSocket(socket: Duplex, options: SocketOptions = {}): Promise<ServerConnection<Context> | undefined> {
    return new Promise((resolve) => {
      const { remoteAddress } = readOptions<SocketOptions>('handleSocket', SOCKET_OPTIONS, options);
      checkDuplex('handleSocket', socket);
      this.#doorway.onHandedSocket(socket, remoteAddress, resolve);
    });
  }

  /**
   * Adds a subprotocol whose messages have types of their own. Those added first are preferred only where the client
   * has no preference: the first that it offers is chosen.
   * @throws UsageError `ERR_SOKKER_OPTION`, `ERR_SOKKER_ARGUMENT`
   */
  protocol<In, Out>(name: string, codec: Codec<In, Out>): Protocol<In, Out, Context> {
    return this.#clients.protocols.add(name, codec, this.#clients);
  }

  /**
   * Sends a message to every client, or to those of `to`; it is encoded once. What a topic's broadcast costs grows with
   * its subscribers alone.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
   */
  broadcast(data: string | Bytes | Prepared, options: BroadcastOptions<Context> = {}): BroadcastReport {
    const settings = broadcastSettings<Context>(options);
    return broadcastTo(audienceOf(this.#clients, settings), data, settings);
  }

  /** What it has at the moment, and what it counted since it was made: a new object each time. */
  metrics(): ServerMetrics {
    const { recorder, warden } = this.#parts;
    warden.settle();
    return {
      connections: this.clients.size,
      handshakes: this.#doorway.size,
      topics: this.#clients.topics.names.size,
      retainedBytes: warden.ledger.used,
      traffic: this.#clients.traffic,
      ...recorder.values(),
    };
  }

  /**
   * Goes out of service: stops listening, refuses who comes (503 with Retry-After), tells the clients one after the
   * other, waits for what is in flight, and cuts those that are left at the deadline. Afterwards nothing of this server
   * keeps the process alive but refusals whose peers have not hung up: for a second, or for ten while they read.
   * @throws UsageError `ERR_SOKKER_OPTION`
   */
  async drain(options: DrainOptions = {}): Promise<DrainReport> {
    const settings = settleDrain('drain', readOptions<DrainSettings>('drain', DRAIN_OPTIONS, options), options);
    this.#parts.recorder.record('drain', { connections: this.clients.size });
    this.#entrances.stopListening();
    this.#doorway.shut(Math.max(1, Math.ceil(settings.spreadMs / 1000)));
    const report = await new Drain(this.clients, settings, this.#doorway.clock).run();
    await this.close();
    this.#parts.recorder.record('drained', { report });
    return report;
  }

  /**
   * Ends the listeners and closes every connection with 1001, at the latest after `closeTimeoutMs`, whatever is still to
   * be sent. A node:http server that it was attached to goes on.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** A listener of ours returned a promise that was rejected. */
  override [captureRejectionSymbol](...[error, name, ...args]: readonly unknown[]): void {
    this.#parts.reporter.fault(error, connectionIn<Context>(args), name);
  }

  async #close(): Promise<void> {
    const { closeTimeoutMs } = this.#settings;
    const { clock } = this.#doorway;
    this.#entrances.close();
    this.#doorway.shut(Math.ceil(closeTimeoutMs / 1000));
    const ends = [...this.clients].map((connection) => connection.close(CloseCode.goingAway));
    // A connection by itself waits while its peer goes on taking what was sent before the Close. In the next turn: then
    // each that is not answered has begun to wait, and says so itself before it is cut.
    let timer: unknown;
    setImmediate(() => {
      timer = clock.setTimeout(() => this.#cut(), closeTimeoutMs);
      if (this.clients.size === 0) clock.clearTimeout(timer);
    });
    await Promise.all(ends);
    if (timer !== undefined) clock.clearTimeout(timer);
  }

  #cut(): void {
    for (const connection of this.clients) connection.terminate();
  }
}
