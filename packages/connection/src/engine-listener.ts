import type { CloseRecord } from './close-record.js';
import type { Engine } from './engine.js';
import type { Received } from './received.js';

/** Who is told what happens: the Connection around the engine. What it is told it must not throw about. */
export interface EngineListener {
  readonly holding: boolean;
  /** What waits will not be taken. */
  forget(): void;
  onReceived(received: Received): void;
  /** A chunk was read and dealt with, or more of one was decoded in a later turn. */
  onRead(): void;
  onPing(payload: Buffer): void;
  onPong(payload: Buffer): void;
  onDrain(): void;
  onError(error: Error): void;
  /** Once, and last. */
  onClose(record: CloseRecord): void;
}

/** Makes the engine that reports to `listener`. */
export type EngineMaker = (listener: EngineListener) => Engine;
