import type { CloseRecord } from '@sokker/connection';
import type { HandshakeError } from '@sokker/handshake';
import type { AddressInfo } from 'node:net';
import type { ServerRequest } from './decision.js';
import type { DrainReport } from './drain.js';
import type { SlowReport } from './events.js';
import type { ServerConnection } from './server-connection.js';
import type { SokkerServer } from './server.js';

/** What the messages of all channels have. */
export interface DecisionMessage<Context = unknown> {
  readonly server: SokkerServer<Context>;
}

/** What they have where the decision concerns a connection. */
export interface ConnectionDecisionMessage<Context = unknown> extends DecisionMessage<Context> {
  readonly connection: ServerConnection<Context>;
}

/** What each channel of a server publishes: a subscriber to `refuse` gets `DecisionMessages['refuse']`. */
export interface DecisionMessages<Context = unknown> {
  readonly listen: DecisionMessage<Context> & { readonly address: AddressInfo | string };
  readonly open: ConnectionDecisionMessage<Context> & { readonly request: ServerRequest };
  readonly refuse: DecisionMessage<Context> & {
    readonly error: HandshakeError;
    readonly remoteAddress: string | undefined;
  };
  readonly close: ConnectionDecisionMessage<Context> & { readonly record: CloseRecord };
  readonly error: DecisionMessage<Context> & {
    readonly error: NodeJS.ErrnoException;
    /** undefined: it concerns none. */
    readonly connection: ServerConnection<Context> | undefined;
  };
  readonly slow: ConnectionDecisionMessage<Context> & SlowReport;
  /** `bytes` are those of its payload; of a stream, which was not begun, 0. */
  readonly drop: ConnectionDecisionMessage<Context> & { readonly bytes: number };
  readonly unresponsive: ConnectionDecisionMessage<Context> & { readonly misses: number };
  readonly idle: ConnectionDecisionMessage<Context>;
  readonly expire: ConnectionDecisionMessage<Context>;
  readonly stall: ConnectionDecisionMessage<Context> & { readonly elapsedMs: number };
  readonly overBudget: ConnectionDecisionMessage<Context> & { readonly retainedBytes: number };
  /** `connections`: how many there are. */
  readonly drain: DecisionMessage<Context> & { readonly connections: number };
  readonly drained: DecisionMessage<Context> & { readonly report: DrainReport };
}
