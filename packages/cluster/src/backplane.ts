/**
 * Carries messages between the servers of a cluster, as a broker does. A channel is a string of well-formed Unicode; what
 * it is called at the broker is the backplane's to choose. One backplane serves one Cluster.
 */
export interface Backplane {
  /** Called once, before anything else. */
  open(listener: BackplaneListener): void;
  /**
   * Hands a message to all that subscribed to the channel at this moment, once each and in order; whether that includes
   * who published it does not matter. Resolves when the broker has taken it, rejects where it has not.
   * @param message nobody changes it; its memory holds nothing else
   */
  publish(channel: string, message: Buffer): Promise<void>;
  /**
   * Resolves when whatever is published from then on will come. Of one channel no other call is pending then, and it is
   * subscribed to at most where an earlier call failed. What a reconnection undoes is the backplane's to do again.
   */
  subscribe(channel: string): Promise<void>;
  /** As `subscribe`; what comes still, does no harm. */
  unsubscribe(channel: string): Promise<void>;
  /** Ends what it has opened itself; nothing more is called. */
  close(): Promise<void>;
}

/** What a backplane tells its cluster. */
export interface BackplaneListener {
  /** @param message read before this returns, and not kept */
  onMessage(channel: string, message: Uint8Array): void;
  /** A channel is not subscribed to any more, though nobody asked for that. */
  onLost(channel: string): void;
  /** It has been cut off from the others; `onGap` follows when it is back. */
  onCut(): void;
  /** Something of what others published is lost, but now it is connected, and subscribed as before. */
  onGap(): void;
  /** Something went wrong that no call rejects for. */
  onError(error: Error): void;
}
