/** What an adapter tells of the implementation: checked, and written as lines that can be compared. */
import { givenBytes } from './arguments.js';
import { UsageError } from './errors.js';
import type { FixtureEvent } from './fixture.js';
import { hexOf } from './hex.js';
import { show } from './options.js';

/** A message, a Ping or a Pong; bytes stay bytes, the runner writes the hex. */
export interface ReceivedData {
  readonly type: 'text' | 'binary' | 'ping' | 'pong';
  readonly data: Uint8Array;
}

/** What an adapter tells while bytes are pushed. */
export type ReceivedEvent = ReceivedData | { readonly type: 'close'; readonly code: number; readonly reason: string };

const DATA_TYPES: readonly unknown[] = ['text', 'binary', 'ping', 'pong'] satisfies ReceivedData['type'][];

/** The one-line form of an event, the same for received and for expected ones. */
export function eventLine(event: FixtureEvent): string {
  return event.type === 'close' ? `close ${event.code} ${JSON.stringify(event.reason)}` : `${event.type} ${event.hex}`;
}

/**
 * The line of an event that an adapter told of.
 * @throws UsageError `ERR_SOKKER_ARGUMENT`
 */
export function receivedLine(event: ReceivedEvent): string {
  const { type, code, reason } = fieldsOf(event);
  if (type !== 'close') return dataLine(event as ReceivedData, "'text', 'binary', 'ping', 'pong' or 'close'");
  return eventLine({ type, code: givenCode(code), reason: givenReason(reason) });
}

/**
 * The line of an event where a Close is told of otherwise.
 * @throws UsageError `ERR_SOKKER_ARGUMENT`
 */
export function dataLine(
  event: ReceivedData,
  types = "'text', 'binary', 'ping' or 'pong' (a Close is told of by closed)",
): string {
  const { type, data } = fieldsOf(event);
  if (!DATA_TYPES.includes(type)) throw wrong('the type of an event', types, type);
  return eventLine({ type: event.type, hex: hexOf(givenBytes('the data of an event', data)) });
}

/**
 * The line of the close event.
 * @throws UsageError `ERR_SOKKER_ARGUMENT`
 */
export function closedLine(record: {
  readonly code: number;
  readonly reason: string;
  readonly clean: boolean;
}): string {
  const { code, reason, clean } = fieldsOf(record);
  if (typeof clean !== 'boolean') throw wrong('clean of a close event', 'true or false', clean);
  return `closed ${givenCode(code)} ${JSON.stringify(givenReason(reason))} ${clean}`;
}

/**
 * The lines of one run. What is wrong with one is thrown to the adapter, and by `check` to the runner: what is adapted
 * may have swallowed it, as a fault of its listener.
 */
export class EventLog {
  readonly lines: string[] = [];
  #fault: { readonly error: unknown } | undefined;

  add(line: () => string): void {
    try {
      this.lines.push(line());
    } catch (error) {
      this.#fault ??= { error };
      throw error;
    }
  }

  /** @throws UsageError the first that `add` threw */
  check(): void {
    if (this.#fault !== undefined) throw this.#fault.error;
  }
}

function fieldsOf(given: unknown): Readonly<Record<string, unknown>> {
  return Object(given) as Record<string, unknown>;
}

function givenCode(code: unknown): number {
  if (Number.isInteger(code)) return code as number;
  throw wrong('the code of a close event', 'an integer', code);
}

function givenReason(reason: unknown): string {
  if (typeof reason === 'string') return reason;
  throw wrong('the reason of a close event', 'a string', reason);
}

function wrong(what: string, wanted: string, given: unknown): UsageError {
  return new UsageError('ERR_SOKKER_ARGUMENT', `${what} must be ${wanted}, not ${show(given)}`);
}
