export interface ClusterMetrics {
  /** Channels subscribed to: one for each topic that a client of this server is in, and two more. */
  readonly subscriptions: number;
  /** Of messages that the backplane has not taken yet. */
  readonly pendingBytes: number;
  /** Messages of this server that the backplane took, and that it did not. */
  readonly published: number;
  readonly failed: number;
  /** Messages of other servers, and what came and was none. */
  readonly received: number;
  readonly refused: number;
  readonly gaps: number;
}
