/** What the bench asks of the load process, and what it gets back. Plain values: they cross a process boundary. */
import type { PayloadKind } from './payloads.js';

export interface Target {
  readonly port: number;
  readonly path: string;
  /** The server process, whose processor time is read when the measured window opens and closes. */
  readonly pid: number;
}

export interface Traffic {
  readonly kind: PayloadKind;
  readonly bytes: number;
  /** Offer permessage-deflate and send deflated frames. */
  readonly deflate?: boolean;
}

interface Window {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Every connection keeps `inFlight` messages on their way. */
export interface EchoJob extends Window {
  readonly kind: 'echo';
  readonly target: Target;
  readonly traffic: Traffic;
  readonly connections: number;
  readonly inFlight: number;
}

/** One connection sends; the next message leaves when the last one has reached everyone. Counts deliveries. */
export interface BroadcastJob extends Window {
  readonly kind: 'broadcast';
  readonly target: Target;
  readonly traffic: Traffic;
  readonly connections: number;
}

/** `concurrency` connections at a time are opened, and closed as soon as they are accepted. */
export interface ReopenJob extends Window {
  readonly kind: 'reopen';
  readonly target: Target;
  readonly concurrency: number;
}

/** Opens `connections`, 64 at a time; `echo` sends one message over each. Keeps them open until the next job, whatever it is. */
export interface HoldJob {
  readonly kind: 'hold';
  readonly target: Target;
  readonly traffic: Traffic;
  readonly connections: number;
  readonly echo: boolean;
}

/** One connection after the other: dial, handshake, one message there and back, close. */
export interface FirstMessageJob {
  readonly kind: 'first-message';
  readonly target: Target;
  readonly traffic: Traffic;
  readonly times: number;
}

/** Closes what a `HoldJob` left open, and answers when the server has done so too. */
export interface ReleaseJob {
  readonly kind: 'release';
}

export type LoadJob = EchoJob | BroadcastJob | ReopenJob | HoldJob | FirstMessageJob | ReleaseJob;

export interface LoadResult {
  /** Messages, deliveries or connections, as the job says. */
  readonly count: number;
  readonly seconds: number;
  /** Processor time of the server in the measured window. */
  readonly serverSeconds: number;
  /** Processor time of the load itself in the same window. */
  readonly loadSeconds: number;
  /** Median milliseconds from dialling to the first message, for `first-message`. */
  readonly medianMs?: number;
}
