//   1 socket ─▶ 2 RequestHeadReader ─▶ 3 examine ─▶ 4 the application's upgrade function ─▶ 5 accept ─▶ 6 open
//                     └── attach and handleUpgrade begin at 3 ──┘        any of them may refuse ─▶ answer, end
import type { MessageCoder } from '@sokker/frame';
import {
  accept,
  examine,
  HandshakeError,
  isEncrypted,
  refuse,
  RequestHeadReader,
  selectSubprotocol,
  VIOLATIONS,
  type Acceptance,
  type AdmitExtension,
  type Refusal,
} from '@sokker/handshake';
import { asError } from '@sokker/connection';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Peer } from './address.js';
import { openWith } from './answer.js';
import { admissionFrom, heeds, OVER, Rejection, serverRequest } from './decision.js';
import type { Admission, ServerRequest, UpgradeFunction } from './decision.js';
import { violation } from './errors.js';
import { endWith, ignoreError } from './farewell.js';
import type { HandshakeHost, Outcome } from './handshake-host.js';
import { httpServerOf, mayHideHeaders } from './hidden-headers.js';
import type { AskedHead } from './read-request.js';
import type { ServerConnection } from './server-connection.js';

/** One opening handshake of a server, from the first moment of its socket (RFC 6455 §4.2). */
export class Handshake<Context> {
  readonly #socket: Duplex;
  readonly #host: HandshakeHost<Context>;
  readonly #outcome: Outcome<Context> | undefined;
  readonly #timer: unknown;
  readonly #startedAt: number;
  readonly #peer: Peer;
  /** Of whoever is believed to have sent the request. */
  #address: string | undefined;
  /** Has entered, and must leave, unless a connection comes of it. */
  #inside = false;
  #phase: 'reading' | 'deciding' | 'over' = 'reading';
  /** Of who has sent anything. */
  #reader: RequestHeadReader | undefined;
  #abort: AbortController | undefined;

  constructor(socket: Duplex, peer: Peer, host: HandshakeHost<Context>, outcome?: Outcome<Context>) {
    this.#socket = socket;
    this.#host = host;
    this.#outcome = outcome;
    this.#startedAt = host.clock.now();
    this.#peer = peer;
    this.#address = peer.address;
    socket.on('error', ignoreError);
    socket.on('close', this.#onClose).on('aborted', this.#onReset);
    this.#timer = host.clock.setTimeout(() => this.#expire(), host.timeoutMs);
  }

  /** Begins with a socket that has not been read. */
  read(): void {
    this.#socket.on('data', this.#onData).on('end', this.#onEnd);
    // Who accepted it may have paused it until now.
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Begins with a request that has been read. */
  decide(request: AskedHead, head: Buffer, incoming?: IncomingMessage): void {
    this.#phase = 'deciding';
    try {
      const { address, forwarded } = this.#host.senderOf(this.#peer, request.rawHeaders);
      this.#address = address;
      const why = this.#host.enter(address);
      this.#inside = why === undefined;
      if (why !== undefined) return this.refuse(refuse(why, request));
      // What is not shown is not judged, whatever `maxHeaders` allows.
      if (incoming !== undefined && mayHideHeaders(httpServerOf(this.#socket), incoming)) {
        return this.refuse(refuse(broken('ERR_SOKKER_TOO_MANY_HEADERS'), request));
      }
      const { method, target, httpVersion, rawHeaders, protocol } = request;
      const { policy } = this.#host;
      const secure = isEncrypted(this.#socket);
      const offer = examine({ method, target, httpVersion, rawHeaders, protocol, secure, forwarded }, policy);
      if (offer.type === 'refusal') this.refuse(offer);
      else this.#ask(serverRequest(offer, address, incoming, this.#socket), head);
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Answers with a refusal and ends the socket. */
  refuse(refusal: Refusal): void {
    if (!this.#finish()) return;
    this.#leave();
    this.#host.onRefuse(refusal.error, this.#address);
    try {
      endWith(this.#socket, refusal, this.#host.clock);
    } catch (error) {
      // Whoever waits for the outcome has it all the same.
      this.#socket.destroy();
      this.#host.onFault(asError(error));
    }
    this.#outcome?.(undefined);
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      const reader = (this.#reader ??= new RequestHeadReader(this.#host.policy));
      const request = reader.read(chunk);
      if (request === undefined) return;
      this.#stopReading();
      this.decide(request, reader.rest);
    } catch (error) {
      if (error instanceof HandshakeError) this.refuse(refuse(error));
      else this.#fault(error);
    }
  };

  readonly #onEnd = (): void => {
    // Without a byte it was no request, but the probe of a balancer: there is nothing to answer, nor to count.
    if (this.#reader === undefined) return this.#onClose();
    this.refuse(refuse(broken('ERR_SOKKER_HEAD_TRUNCATED')));
  };

  /** Nobody is there any more; not every duplex says soon, or at all, that it has closed. */
  readonly #onClose = (): void => {
    if (!this.#finish()) return;
    this.#socket.destroy();
    this.#leave();
    this.#outcome?.(undefined);
  };

  /** A stream of HTTP/2 closes only when all is read; where our own side has reset it, that is not sent yet. */
  readonly #onReset = (): void => process.nextTick(this.#onClose);

  #expire(): void {
    const isReading = this.#phase === 'reading';
    this.refuse(refuse(isReading ? broken('ERR_SOKKER_HEAD_TIMEOUT') : violation('ERR_SOKKER_UPGRADE_TIMEOUT')));
  }

  #ask(request: ServerRequest, head: Buffer): void {
    // The application was asked for the origin, and may have closed the server.
    if (this.#phase === 'over') return;
    const { upgrade } = this.#host;
    if (upgrade === undefined) return this.#open(request, head, {});
    // What the peer sends meanwhile waits in its own TCP window.
    this.#socket.pause();
    this.#askUpgrade(upgrade, request, head).catch((error: unknown) => {
      if (error instanceof Rejection) this.refuse(error.refusal);
      else if (!heeds(error, this.#abort?.signal)) this.#fault(error);
    });
  }

  async #askUpgrade(upgrade: UpgradeFunction<Context>, request: ServerRequest, head: Buffer): Promise<void> {
    this.#abort = new AbortController();
    const answer: unknown = await upgrade(request, this.#abort.signal);
    if (this.#phase === 'over') return;
    if (answer instanceof Rejection) return this.refuse(answer.refusal);
    this.#open(request, head, admissionFrom<Context>(answer));
  }

  #open(request: ServerRequest, head: Buffer, { protocol, headers, context }: Admission<Context>): void {
    if (!this.#socket.writable) return this.#onClose();
    const { policy, requireSubprotocol, subprotocols } = this.#host;
    const { extensions } = policy;
    const subprotocol = protocol ?? selectSubprotocol(request.subprotocols, subprotocols);
    if (requireSubprotocol && subprotocol === undefined) {
      return this.refuse(refuse(violation('ERR_SOKKER_SUBPROTOCOL_REQUIRED'), request));
    }
    const acceptance = accept(request, { subprotocol, extensions, admit: admitFirst, headers });
    if (!this.#finish()) return;
    const connection = this.#welcome(request, head, acceptance, context);
    this.#outcome?.(connection);
  }

  /** Undefined where it failed: the peer may have its 101 already, so that nothing but the end is left to tell it. */
  #welcome(
    request: ServerRequest,
    head: Buffer,
    acceptance: Acceptance<MessageCoder>,
    context: Context | undefined,
  ): ServerConnection<Context> | undefined {
    const socket = this.#socket;
    let connection: ServerConnection<Context> | undefined;
    try {
      openWith(socket, acceptance);
      const elapsedMs = this.#host.clock.now() - this.#startedAt;
      connection = this.#host.onOpen({ socket, head, request, acceptance, context, elapsedMs });
      socket.off('error', ignoreError);
      return connection;
    } catch (error) {
      // A connection gives its place and its coder back when it ends.
      if (connection === undefined) {
        this.#leave();
        for (const { session } of acceptance.extensions) session.close();
      }
      socket.destroy();
      this.#host.onFault(asError(error));
      return undefined;
    }
  }

  #fault(error: unknown): void {
    const fault = asError(error);
    this.refuse(refuse(violation('ERR_SOKKER_UPGRADE_FAULT')));
    this.#host.onFault(fault);
  }

  #leave(): void {
    if (!this.#inside) return;
    this.#inside = false;
    this.#host.leave(this.#address);
  }

  /** False where the handshake was over already. */
  #finish(): boolean {
    if (this.#phase === 'over') return false;
    this.#phase = 'over';
    this.#host.clock.clearTimeout(this.#timer);
    this.#stopReading();
    this.#socket.off('close', this.#onClose).off('aborted', this.#onReset);
    this.#abort?.abort(OVER);
    this.#host.onEnd(this);
    return true;
  }

  #stopReading(): void {
    this.#reader = undefined;
    this.#socket.off('data', this.#onData).off('end', this.#onEnd);
  }
}

function broken(code: keyof typeof VIOLATIONS): HandshakeError {
  return new HandshakeError(code, VIOLATIONS[code]);
}

/** A connection runs one coder: an extension that agreed after another is let go. */
const admitFirst: AdmitExtension<MessageCoder> = ({ session }, admitted) => {
  if (admitted.length === 0) return true;
  session.close();
  return false;
};
