/** Runs one frame fixture once and writes down what the implementation did. Judging is in frame-verdict.ts. */
import { created } from './arguments.js';
import { UsageError } from './errors.js';
import type { FrameFixture, Limits, Role } from './fixture.js';
import { EventLog, receivedLine, type ReceivedEvent } from './received-event.js';
import type { Adapter } from './runner.js';

/** What a fixture asks the implementation to be. */
export interface FrameSetup {
  readonly role: Role;
  readonly limits: Limits;
  /** Extensions in force, as in the fixture. */
  readonly extensions: readonly string[];
  /**
   * To be called for each event, in order, before `push` returns, or before its promise settles.
   * @throws UsageError `ERR_SOKKER_ARGUMENT` at any other time, after `dispose` too, and for what is no event
   */
  readonly emit: (event: ReceivedEvent) => void;
}

/** One receiver, fresh for each run. */
export interface FrameReceiver {
  /**
   * Takes the next bytes and may write into them. Throws (or rejects) when the connection is failed, with the close
   * code in the error's `closeCode`. A promise resolves once all that follows from these bytes has been emitted: behind a
   * socket, once they have been read and their events have come.
   */
  push(bytes: Buffer): void | Promise<void>;
  /** Called once at the end of each run, whatever happened: emit nothing from here on. */
  dispose?(): void;
}

/** A decoder under test: the adapter to write. */
export interface FrameImplementation extends Adapter<FrameFixture> {
  create(setup: FrameSetup): FrameReceiver;
}

/** What one run showed. */
export interface FrameObservation {
  /** One line per event, comparable as text. */
  readonly events: readonly string[];
  /** Close code of the failure; `null` when nothing failed. */
  readonly closeCode: number | null;
  /** `code` of the error, where it has one. */
  readonly code: string | null;
  /** Offset of the first byte of the chunk that failed; `null` when nothing failed. */
  readonly failedFrom: number | null;
}

/** Feeds the chunks to a fresh receiver, until they are used up or it fails. */
export async function observeFrames(
  implementation: FrameImplementation,
  fixture: FrameFixture,
  chunks: readonly Buffer[],
): Promise<FrameObservation> {
  const log = new EventLog();
  const { role, limits, extensions } = fixture;
  let isPushing = false;
  const emit = (event: ReceivedEvent): void =>
    log.add(() => {
      if (isPushing) return receivedLine(event);
      throw new UsageError('ERR_SOKKER_ARGUMENT', LATE);
    });
  const receiver = created(implementation.create({ role, limits, extensions, emit }), 'push');
  let failure: { readonly error: unknown } | undefined;
  let from = 0;
  try {
    for (const chunk of chunks) {
      isPushing = true;
      const pushed = receiver.push(chunk);
      if (pushed !== undefined) await pushed;
      from += chunk.length;
    }
  } catch (error) {
    failure = { error };
  }
  isPushing = false;
  receiver.dispose?.();
  log.check();
  return observation(log.lines, failure, from);
}

const LATE =
  'emit was called while no push was under way: let push answer a promise that resolves when all that follows from its bytes has come, and stop listening in dispose';

function observation(
  events: readonly string[],
  failure: { readonly error: unknown } | undefined,
  from: number,
): FrameObservation {
  if (failure === undefined) return { events, closeCode: null, code: null, failedFrom: null };
  return { events, closeCode: closeCodeOf(failure.error), code: codeOf(failure.error), failedFrom: from };
}

/** An error without a close code is a fault of the adapter or a crash of the implementation: it is not judged. */
function closeCodeOf(error: unknown): number {
  if (error !== null && typeof error === 'object' && 'closeCode' in error && typeof error.closeCode === 'number') {
    return error.closeCode;
  }
  throw error;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
