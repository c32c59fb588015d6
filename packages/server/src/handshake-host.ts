import type { Clock } from '@sokker/connection';
import type { MessageCoder } from '@sokker/frame';
import type { Acceptance, HandshakeError, UpgradePolicy } from '@sokker/handshake';
import type { Duplex } from 'node:stream';
import type { Peer } from './address.js';
import type { ServerRequest, UpgradeFunction } from './decision.js';
import type { Handshake } from './handshake.js';
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
  senderOf(peer: Peer, rawHeaders: readonly string[]): Sender;
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
