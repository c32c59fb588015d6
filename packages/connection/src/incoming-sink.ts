import type { FrameSlice } from '@sokker/frame';
import type { Received } from './received.js';

/** Where decoded things go. */
export interface IncomingSink {
  /** A whole message, or one that arrives as a stream has begun. */
  onReceived(received: Received): void;
  /** A whole control frame. */
  onControl(frame: FrameSlice): void;
  /** The peer broke a rule or a limit; nothing more is decoded. */
  fail(error: Error): void;
  /** Whether whole messages wait for someone to take them. */
  readonly holding: boolean;
  /** More of what was read is decoded, in a turn after the one that read it. */
  onDecodedLater(): void;
  /** Whoever kept reading stopped has let it go on. */
  onResume(): void;
  /** All that was read is delivered, and the peer has ended its side. */
  onEnd(): void;
}
