/** What the page gets once a second; plain JSON. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly connections: number;
  readonly handshakes: number;
  readonly retainedBytes: number;
  readonly rates: Rates;
  readonly latency: Latency;
  /** Ended connections by close code, since the server began. */
  readonly closes: Readonly<Record<string, number>>;
  /** Refused handshakes by error code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly slow: readonly SlowConsumer[];
  /** Newest first. */
  readonly events: readonly Incident[];
}

/** Per second, over the last second. */
export interface Rates {
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly opened: number;
  readonly closed: number;
  readonly dropped: number;
}

/** Round trips of heartbeats in the last minute. */
export interface Latency {
  /** Up to `le` milliseconds and above the bucket before; the last one, `null`, is all beyond. */
  readonly buckets: readonly { readonly le: number | null; readonly count: number }[];
  readonly count: number;
}

/** A connection that reached `maxBufferedBytes` and has not recovered. */
export interface SlowConsumer {
  readonly name: string;
  readonly since: number;
  readonly bufferedBytes: number;
  readonly droppedMessages: number;
  readonly policy: string;
}

/** Something worth a line. */
export interface Incident {
  readonly at: number;
  readonly kind: string;
  readonly text: string;
}

/** What is kept of older snapshots, for the curves. */
export type Point = Pick<Snapshot, 'at' | 'connections' | 'retainedBytes'> & { readonly rates: Rates };
