import type { Gate } from './gate.js';
import type { Recorder } from './recorder.js';
import type { Reporter } from './reporter.js';
import type { Warden } from './warden.js';

/** What the rooms of a server share. */
export interface Parts<Context> {
  /** Counts who is in. */
  readonly gate: Gate;
  /** Tells the application. */
  readonly reporter: Reporter<Context>;
  /** Counts and publishes. */
  readonly recorder: Recorder;
  /** Ends those who must go. */
  readonly warden: Warden<Context>;
}
