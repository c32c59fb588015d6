/** Whom the sending half of a connection tells. */
export interface OutgoingSink {
  /** Little enough waits again, after it had been too much. */
  onDrain(): void;
  /** The duplex was handed more, or has taken it. */
  onMoved(bytes: number): void;
  /** A message could not be made ready to send. */
  fail(error: Error): void;
}
