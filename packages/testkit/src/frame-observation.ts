/** Runs one frame fixture once and writes down what the implementation did. Judging is in frame-verdict.ts. */
import { created, givenBytes } from './arguments.js';
import type { FrameFixture, Limits, Role } from './fixture.js';
import { hexOf } from './hex.js';
import type { Adapter } from './runner.js';

/** What an adapter tells while bytes are pushed; bytes stay bytes, the runner writes the hex. */
export type ReceivedEvent =
  | { readonly type: 'text' | 'binary' | 'ping' | 'pong'; readonly data: Uint8Array }
  | { readonly type: 'close'; readonly code: number; readonly reason: string };

/** What a fixture asks the implementation to be. */
export interface FrameSetup {
  readonly role: Role;
  readonly limits: Limits;
  /** Extensions in force, as in the fixture. */
  readonly extensions: readonly string[];
  /** To be called for each event, in order, before `push` returns (or before its promise settles). */
  readonly emit: (event: ReceivedEvent) => void;
}

/** One receiver, fresh for each run. */
export interface FrameReceiver {
  /**
   * Takes the next bytes and may write into them. Throws (or rejects) when the connection is failed, with the close
   * code in the error's `closeCode`.
   */
  push(bytes: Buffer): void | Promise<void>;
  /** Called once at the end of each run, whatever happened. */
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
  const events: string[] = [];
  const { role, limits, extensions } = fixture;
  const emit = (event: ReceivedEvent): void => void events.push(eventLine(event));
  const receiver = created(implementation.create({ role, limits, extensions, emit }), 'push');
  let from = 0;
  try {
    for (const chunk of chunks) {
      const pushed = receiver.push(chunk);
      if (pushed !== undefined) await pushed;
      from += chunk.length;
    }
  } catch (error) {
    return { events, closeCode: closeCodeOf(error), code: codeOf(error), failedFrom: from };
  } finally {
    receiver.dispose?.();
  }
  return { events, closeCode: null, code: null, failedFrom: null };
}

/** The one-line form of an event, the same for received and for expected ones. */
export function eventLine(event: ReceivedEvent | FrameFixture['expect']['events'][number]): string {
  if (event.type === 'close') return `close ${event.code} ${JSON.stringify(event.reason)}`;
  return `${event.type} ${'hex' in event ? event.hex : hexOf(givenBytes('the data of an event', event.data))}`;
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
