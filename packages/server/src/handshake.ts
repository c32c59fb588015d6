//   1 socket ─▶ 2 RequestHeadReader ─▶ 3 examine ─▶ 4 the application's upgrade function ─▶ 5 accept ─▶ 6 open
//                     └── attach and handleUpgrade begin at 3 ──┘        any of them may refuse ─▶ answer, end
import { readOptions, UsageError, type MessageCoder } from '@sokker/frame';
import {
  accept,
  encodeResponse,
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
  type RequestHead,
  type UpgradePolicy,
} from '@sokker/handshake';
import { asError, type Clock } from '@sokker/connection';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Rejection, serverRequest, type Admission, type ServerRequest, type UpgradeFunction } from './decision.js';
import { violation } from './errors.js';
import { endWith, ignoreError } from './farewell.js';
import { ADMISSION_OPTIONS } from './options.js';
import type { ServerConnection } from './server-connection.js';
import type { Sender } from './trusted-proxies.js';

/** What one server's opening handshakes have in common, and whom they tell. */
export interface HandshakeHost<Context> {
  readonly policy: UpgradePolicy<MessageCoder>;
  readonly upgrade: UpgradeFunction<Context> | undefined;
  readonly timeoutMs: number;
  /** Those spoken here. */
  readonly subprotocols: readonly string[];
  readonly requireSubprotocol: boolean;
  readonly clock: Clock;
  senderOf(remoteAddress: string | undefined, rawHeaders: readonly string[]): Sender;
  /** Lets someone in, or answers why not. Who was let in must leave, unless a connection comes of it. */
  enter(address: string | undefined): HandshakeError | undefined;
  leave(address: string | undefined): void;
  /** The 101 is written: the socket is a WebSocket. */
  onOpen(opened: Opened<Context>): ServerConnection<Context>;
  onRefuse(error: HandshakeError, address: string | undefined): void;
  /** The handshake is over, well or badly. */
  onEnd(handshake: Handshake<Context>): void;
  /** The application's part failed; the peer got its answer. */
  onFault(error: Error): void;
}

/** What became of a handshake: the connection, or undefined where there is none. */
export type Outcome<Context> = (connection: ServerConnection<Context> | undefined) => void;

export interface Opened<Context> {
  readonly socket: Duplex;
  /** What came behind the request. */
  readonly head: Buffer;
  readonly request: ServerRequest;
  readonly acceptance: Acceptance<MessageCoder>;
  readonly context: Context | undefined;
  /** How long it took. */
  readonly elapsedMs: number;
}

/** One opening handshake of a server, from the first moment of its socket (RFC 6455 §4.2). */
export class Handshake<Context> {
  readonly #socket: Duplex;
  readonly #host: HandshakeHost<Context>;
  readonly #outcome: Outcome<Context> | undefined;
  readonly #timer: unknown;
  readonly #startedAt: number;
  #address: string | undefined;
  /** Has entered, and must leave, unless a connection comes of it. */
  #inside = false;
  #phase: 'reading' | 'deciding' | 'over' = 'reading';
  #reader: RequestHeadReader | undefined;
  #abort: AbortController | undefined;

  constructor(socket: Duplex, host: HandshakeHost<Context>, outcome?: Outcome<Context>) {
    this.#socket = socket;
    this.#host = host;
    this.#outcome = outcome;
    this.#startedAt = host.clock.now();
    this.#address = (socket as { remoteAddress?: string }).remoteAddress;
    socket.on('error', ignoreError);
    socket.on('close', this.#onClose);
    this.#timer = host.clock.setTimeout(() => this.#expire(), host.timeoutMs);
  }

  /** Begins with a socket that has not been read. */
  read(): void {
    this.#reader = new RequestHeadReader(this.#host.policy);
    this.#socket.on('data', this.#onData);
    this.#socket.on('end', this.#onEnd);
  }

  /** Begins with a request that has been read. */
  decide(request: RequestHead, head: Buffer, incoming?: IncomingMessage): void {
    this.#phase = 'deciding';
    try {
      const { address, forwarded } = this.#host.senderOf(this.#address, request.rawHeaders);
      this.#address = address;
      const why = this.#host.enter(address);
      this.#inside = why === undefined;
      if (why !== undefined) return this.refuse(refuse(why, request));
      const { method, target, httpVersion, rawHeaders } = request;
      const secure = isEncrypted(this.#socket);
      const offer = examine({ method, target, httpVersion, rawHeaders, secure, forwarded }, this.#host.policy);
      if (offer.type === 'refusal') this.refuse(offer);
      else this.#ask(serverRequest(offer, address, incoming), head);
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Answers with a refusal and ends the socket. */
  refuse(refusal: Refusal): void {
    if (!this.#finish()) return;
    this.#leave();
    this.#host.onRefuse(refusal.error, this.#address);
    endWith(this.#socket, refusal, this.#host.clock);
    this.#outcome?.(undefined);
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      const reader = this.#reader;
      const request = reader?.read(chunk);
      if (reader === undefined || request === undefined) return;
      this.#stopReading();
      this.decide(request, reader.rest);
    } catch (error) {
      if (error instanceof HandshakeError) this.refuse(refuse(error));
      else this.#fault(error);
    }
  };

  readonly #onEnd = (): void => {
    this.refuse(refuse(new HandshakeError('ERR_SOKKER_HEAD_TRUNCATED', VIOLATIONS.ERR_SOKKER_HEAD_TRUNCATED)));
  };

  readonly #onClose = (): void => {
    if (!this.#finish()) return;
    this.#leave();
    this.#outcome?.(undefined);
  };

  #expire(): void {
    const late =
      this.#phase === 'reading'
        ? new HandshakeError('ERR_SOKKER_HEAD_TIMEOUT', VIOLATIONS.ERR_SOKKER_HEAD_TIMEOUT)
        : violation('ERR_SOKKER_UPGRADE_TIMEOUT');
    this.refuse(refuse(late));
  }

  #ask(request: ServerRequest, head: Buffer): void {
    const { upgrade } = this.#host;
    if (upgrade === undefined) return this.#open(request, head, {});
    // What the peer sends meanwhile waits in its own TCP window.
    this.#socket.pause();
    this.#askUpgrade(upgrade, request, head).catch((error: unknown) => {
      if (error instanceof Rejection) this.refuse(error.refusal);
      else this.#fault(error);
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
    const { policy, requireSubprotocol, subprotocols } = this.#host;
    const { extensions } = policy;
    const subprotocol = protocol ?? selectSubprotocol(request.subprotocols, subprotocols);
    if (requireSubprotocol && subprotocol === undefined) {
      return this.refuse(refuse(violation('ERR_SOKKER_SUBPROTOCOL_REQUIRED'), request));
    }
    const acceptance = accept(request, { subprotocol, extensions, admit: admitFirst, headers });
    if (!this.#finish()) return;
    const socket = this.#socket;
    socket.write(encodeResponse(acceptance));
    const elapsedMs = this.#host.clock.now() - this.#startedAt;
    const connection = this.#host.onOpen({ socket, head, request, acceptance, context, elapsedMs });
    socket.off('error', ignoreError).resume();
    this.#outcome?.(connection);
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
    this.#socket.off('close', this.#onClose);
    this.#abort?.abort();
    this.#host.onEnd(this);
    return true;
  }

  #stopReading(): void {
    this.#reader = undefined;
    this.#socket.off('data', this.#onData).off('end', this.#onEnd);
  }
}

/**
 * @throws UsageError for what is no answer. null is none: it may well mean that nobody was found; nor is an Error, or the
 *   Response of a framework, which says no in words of its own
 */
function admissionFrom<Context>(answer: unknown): Admission<Context> {
  if (answer !== undefined && !isPlain(answer)) {
    throw new UsageError('ERR_SOKKER_ARGUMENT', 'upgrade must answer a plain object, reject(…) or undefined');
  }
  return readOptions('the answer of upgrade', ADMISSION_OPTIONS, answer);
}

/** Whether it is an object of no class, of this realm or another. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A connection runs one coder: an extension that agreed after another is let go. */
const admitFirst: AdmitExtension<MessageCoder> = ({ session }, admitted) => {
  if (admitted.length === 0) return true;
  session.close();
  return false;
};
