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
   * Resolves when whatever is published from then on will come. Called for a channel only while that is not subscribed to
   * and no other call for it is pending; what a reconnection undoes is the backplane's to do again.
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
  /** It was cut off from the others and is back, subscribed as before: what they published meanwhile is lost. */
  onGap(): void;
  /** Something went wrong that no call rejects for. */
  onError(error: Error): void;
}
