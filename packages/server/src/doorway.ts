import type { Clock } from '@sokker/connection';
import type { MessageCoder } from '@sokker/frame';
import { refuse, UpgradePolicy, type HandshakeError } from '@sokker/handshake';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { peerAt, peerOf, type Peer } from './address.js';
import { warnOfAnyOrigin } from './any-origin.js';
import { asTunnel, isToRespond } from './answer.js';
import type { Clients } from './clients.js';
import type { UpgradeFunction } from './decision.js';
import { violation } from './errors.js';
import { endWith, ignoreError } from './farewell.js';
import { Handshake } from './handshake.js';
import type { HandshakeHost, Opened, Outcome } from './handshake-host.js';
import type { ServerSettings } from './options.js';
import type { Parts } from './parts.js';
import type { ReadRequest } from './read-request.js';
import type { ServerConnection } from './server-connection.js';
import { TakenSocket } from './taken-socket.js';
import { TrustedProxies, type Sender } from './trusted-proxies.js';
import type { ViolationCode } from './violations.js';

/** Where connections come in: the opening handshakes of one server. */
export class Doorway<Context> implements HandshakeHost<Context> {
  readonly policy: UpgradePolicy<MessageCoder>;
  readonly clock: Clock;
  readonly #settings: ServerSettings<Context>;
  readonly #parts: Parts<Context>;
  readonly #clients: Clients<Context>;
  readonly #proxies: TrustedProxies;
  readonly #underWay = new Set<Handshake<Context>>();
  /** Why nobody is let in any more. */
  #shut: HandshakeError | undefined;

  constructor(settings: ServerSettings<Context>, clock: Clock, parts: Parts<Context>, clients: Clients<Context>) {
    this.policy = policyOf(settings);
    this.clock = clock;
    this.#settings = settings;
    this.#parts = parts;
    this.#clients = clients;
    this.#proxies = new TrustedProxies(settings.trustedProxies ?? []);
  }

  get upgrade(): UpgradeFunction<Context> | undefined {
    return this.#settings.upgrade;
  }

  get timeoutMs(): number {
    return this.#settings.handshakeTimeoutMs;
  }

  get subprotocols(): readonly string[] {
    const { names } = this.#clients.protocols;
    return names.length === 0 ? this.policy.subprotocols : [...this.policy.subprotocols, ...names];
  }

  get requireSubprotocol(): boolean {
    return this.#settings.requireSubprotocol;
  }

  /** How many handshakes are under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** A socket of our own listener. */
  onSocket(socket: Socket): void {
    this.#begin(socket, peerOf(socket)).read();
  }

  /**
   * A socket that somebody else accepted, and nobody has read.
   * @param remoteAddress of its peer, where somebody told it
   * @throws ServerError `ERR_SOKKER_SOCKET_TAKEN`
   */
  onHandedSocket(socket: Duplex, remoteAddress: string | undefined, outcome: Outcome<Context>): void {
    makeOurs(socket);
    asTunnel(socket);
    // As our own listener has it: a peer that has ended its side may still be answered.
    socket.allowHalfOpen = true;
    // Its peer has gone meanwhile, and it may emit nothing more that would end a handshake.
    if (socket.destroyed || socket.readableEnded) {
      socket.on('error', ignoreError).destroy();
      return outcome(undefined);
    }
    const handshake = this.#begin(
      socket,
      remoteAddress === undefined ? peerOf(socket) : peerAt(remoteAddress),
      outcome,
    );
    if (this.#shut === undefined) handshake.read();
    else handshake.refuse(refuse(this.#shut));
  }

  /** @throws ServerError `ERR_SOKKER_SOCKET_TAKEN` */
  onRequest({ request, duplex, head, incoming }: ReadRequest, outcome?: Outcome<Context>): void {
    makeOurs(duplex);
    this.#begin(duplex, peerOf(duplex), outcome).decide(request, head, incoming);
  }

  /** Refuses a request before a handshake begins; what somebody has taken is left alone. */
  turnAway(code: ViolationCode, { request, duplex }: ReadRequest, detail?: string): void {
    if (TakenSocket.is(duplex)) return;
    TakenSocket.take(duplex);
    duplex.on('error', ignoreError);
    const error = violation(code, detail);
    this.onRefuse(error, this.senderOf(peerOf(duplex), request.rawHeaders).address);
    endWith(duplex, refuse(error, request), this.clock);
  }

  /** As `turnAway`, once others have had as long as a handshake may take. */
  turnAwayLater(code: ViolationCode, read: ReadRequest, detail?: string): void {
    const { duplex } = read;
    const timer = this.clock.setTimeout(() => {
      // Who reads it will answer, too.
      if (isToRespond(duplex) && !duplex.headersSent && duplex.readableFlowing === null)
        this.turnAway(code, read, detail);
    }, this.timeoutMs);
    duplex.once('close', () => this.clock.clearTimeout(timer));
  }

  /** Refuses all who come from here on, and those whose handshake is under way. */
  shut(retryAfterSeconds: number): void {
    this.#shut = violation('ERR_SOKKER_SERVER_CLOSING', undefined, ['Retry-After', String(retryAfterSeconds)]);
    const refusal = refuse(this.#shut);
    for (const handshake of [...this.#underWay]) handshake.refuse(refusal);
  }

  senderOf(peer: Peer, rawHeaders: readonly string[]): Sender {
    return this.#proxies.senderOf(peer, rawHeaders);
  }

  enter(address: string | undefined): HandshakeError | undefined {
    if (this.#shut !== undefined) return this.#shut;
    return this.#parts.gate.enter(address);
  }

  leave(address: string | undefined): void {
    this.#parts.gate.leave(address);
  }

  onOpen(opened: Opened<Context>): ServerConnection<Context> {
    this.#parts.recorder.measure('handshakeMs', opened.elapsedMs);
    if (this.#settings.origin === 'any') warnOfAnyOrigin(opened.request);
    return this.#clients.open(opened);
  }

  onRefuse(error: HandshakeError, remoteAddress: string | undefined): void {
    this.#parts.recorder.refused(error, { remoteAddress });
  }

  onEnd(handshake: Handshake<Context>): void {
    this.#underWay.delete(handshake);
  }

  onFault(error: Error): void {
    this.#parts.reporter.fault(error, undefined);
  }

  /** @param peer asked for at once: of one that has gone nobody can tell any more */
  #begin(socket: Duplex, peer: Peer, outcome?: Outcome<Context>): Handshake<Context> {
    const handshake = new Handshake(socket, peer, this, outcome);
    this.#underWay.add(handshake);
    return handshake;
  }
}

/** @throws ServerError `ERR_SOKKER_SOCKET_TAKEN` */
function makeOurs(socket: Duplex): void {
  TakenSocket.take(socket);
  if (!('setNoDelay' in socket)) return;
  (socket as Socket).setNoDelay(true);
  (socket as Socket).setTimeout(0);
}

function policyOf<Context>(settings: ServerSettings<Context>): UpgradePolicy<MessageCoder> {
  const { origin, hosts, subprotocols, extensions, maxHeadBytes, maxHeaders } = settings;
  const given = {
    ...(origin && { origin }),
    ...(hosts && { hosts }),
    ...(subprotocols && { subprotocols }),
    ...(extensions && { extensions }),
  };
  return new UpgradePolicy({ maxHeadBytes, maxHeaders, ...given }, 'SokkerServer');
}
