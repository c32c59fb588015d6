import type { Recorded, Traffic } from './recorder.js';

/** A server in numbers: what it has at the moment, and what it counted since it was made. */
export interface ServerMetrics extends Recorded {
  /** Open connections. */
  readonly connections: number;
  /** Opening handshakes under way. */
  readonly handshakes: number;
  /** Topics that have subscribers. */
  readonly topics: number;
  /** Memory that messages take, in and out: bytes. */
  readonly retainedBytes: number;
  readonly traffic: Traffic;
}
