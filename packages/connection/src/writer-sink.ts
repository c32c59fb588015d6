/** Whom a Writer tells, and what it must know of the frames that it is given. */
export interface WriterSink {
  /** What is added now leaves with the next write. */
  onWrite(): void;
  /** Little enough waits again, after it had been too much. */
  onRoom(): void;
  /** The duplex was handed so many bytes, or has taken what it was handed. */
  onMoved(bytes: number): void;
  /** Bytes that wait elsewhere, and count. */
  readonly waitingBytes: number;
  /** A frame was begun, of which more will come. */
  readonly midFrame: boolean;
  /** The Close was framed: nothing comes behind it. */
  readonly closeFramed: boolean;
}
