import type { Clock } from '@sokker/connection';
import type { MessageCoder } from '@sokker/frame';
import { refuse, UpgradePolicy, type HandshakeError, type UpgradeRequest } from '@sokker/handshake';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clients } from './clients.js';
import type { UpgradeFunction } from './decision.js';
import { violation } from './errors.js';
import { Handshake, isEncrypted, type HandshakeHost, type Opened, type Outcome } from './handshake.js';
import type { ServerSettings } from './options.js';
import type { Reporter } from './reporter.js';
import type { ServerConnection } from './server-connection.js';

/** Where connections come in: the opening handshakes of one server. */
export class Doorway<Context> implements HandshakeHost<Context> {
  readonly policy: UpgradePolicy<MessageCoder>;
  readonly upgrade: UpgradeFunction<Context> | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly #clients: Clients<Context>;
  readonly #reporter: Reporter<Context>;
  readonly #underWay = new Set<Handshake<Context>>();
  #closing = false;

  constructor(settings: ServerSettings<Context>, clock: Clock, clients: Clients<Context>, reporter: Reporter<Context>) {
    const { origin, hosts, subprotocols, extensions, maxHeadBytes, maxHeaders } = settings;
    this.policy = new UpgradePolicy({
      maxHeadBytes,
      maxHeaders,
      ...(origin && { origin }),
      ...(hosts && { hosts }),
      ...(subprotocols && { subprotocols }),
      ...(extensions && { extensions }),
    });
    this.upgrade = settings.upgrade;
    this.timeoutMs = settings.handshakeTimeoutMs;
    this.clock = clock;
    this.#clients = clients;
    this.#reporter = reporter;
  }

  /** A socket of our own listener. */
  onSocket(socket: Socket): void {
    this.#begin(socket, undefined).read();
  }

  /** A request that node:http has read. */
  onRequest(incoming: IncomingMessage, socket: Duplex, head: Buffer, outcome?: Outcome<Context>): void {
    if ('setNoDelay' in socket) (socket as Socket).setNoDelay(true).setTimeout(0);
    const handshake = this.#begin(socket, outcome);
    handshake.decide(requestOf(incoming, socket), head, incoming);
  }

  /** Refuses those who are not yet in, and all who come. */
  close(): void {
    this.#closing = true;
    const refusal = refuse(violation('ERR_SOKKER_SERVER_CLOSING'));
    for (const handshake of [...this.#underWay]) handshake.refuse(refusal);
  }

  turnedAway(): HandshakeError | undefined {
    return this.#closing ? violation('ERR_SOKKER_SERVER_CLOSING') : undefined;
  }

  onOpen(opened: Opened<Context>): ServerConnection<Context> {
    return this.#clients.open(opened);
  }

  onEnd(handshake: Handshake<Context>): void {
    this.#underWay.delete(handshake);
  }

  onFault(error: Error): void {
    this.#reporter.error(error, undefined);
  }

  #begin(socket: Duplex, outcome: Outcome<Context> | undefined): Handshake<Context> {
    const handshake = new Handshake(socket, this, outcome);
    this.#underWay.add(handshake);
    return handshake;
  }
}

function requestOf(incoming: IncomingMessage, socket: Duplex): UpgradeRequest {
  const { method = '', url = '', httpVersion, rawHeaders } = incoming;
  return { method, target: url, httpVersion, rawHeaders, secure: isEncrypted(socket) };
}
