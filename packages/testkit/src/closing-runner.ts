/** Runs family I: scripts for the life and the end of an open connection. */
import { created, givenBytes } from './arguments.js';
import type { ClosingFixture, ClosingStep, Role } from './fixture.js';
import { bytesOf } from './hex.js';
import { closedLine, dataLine, eventLine, EventLog, type ReceivedData } from './received-event.js';
import { registerFixtures, type Adapter, type TestFunction } from './runner.js';
import { readSentFrames } from './sent-frames.js';

/** An open connection under test. Every method settles when all that follows at once has happened. */
export interface ClosingEndpoint {
  /** Bytes from the peer. */
  receive(bytes: Buffer): void | Promise<void>;
  /** The peer ends its side of TCP. */
  receiveEnd(): void | Promise<void>;
  /** The peer resets TCP. */
  receiveReset(): void | Promise<void>;
  close(code: number | null, reason: string): void | Promise<void>;
  /** Sends text. Where that is not possible any more it may throw: the runner looks at the wire. */
  send(text: string): void | Promise<void>;
  ping(data: string): void | Promise<void>;
  /** The clock goes on. */
  wait(milliseconds: number): void | Promise<void>;
  /** Everything written so far. */
  written(): Buffer;
  /** Whether we ended or destroyed our side of TCP. */
  ended(): boolean;
  /** Called once at the end of each run. */
  dispose?(): void | Promise<void>;
}

/** What an endpoint tells its application. */
export interface ClosingListener {
  /**
   * A message, a Ping or a Pong. A Close of the peer is none of these: `closed` tells of it.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  event(event: ReceivedData): void;
  /**
   * The one close event.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  closed(record: { readonly code: number; readonly reason: string; readonly clean: boolean }): void;
}

/** The adapter to write. */
export interface ClosingImplementation extends Adapter<ClosingFixture> {
  create(role: Role, closeTimeoutMs: number, listener: ClosingListener): ClosingEndpoint;
}

const METHODS = ['receive', 'receiveEnd', 'receiveReset', 'close', 'send', 'ping', 'wait', 'written', 'ended'] as const;

/** Registers one test per fixture; what the peer sends comes whole, and again one byte at a time. */
export function runClosingFixtures(
  implementation: ClosingImplementation,
  test: TestFunction,
  fixtures: readonly ClosingFixture[],
): void {
  registerFixtures(fixtures, implementation, test, async (fixture) => {
    const whole = await compareClosing(implementation, fixture);
    const cut = await compareClosing(implementation, fixture, true);
    return [...whole, ...cut.map((problem) => `one byte at a time: ${problem}`)];
  });
}

/** Plays one script; nothing wrong is an empty list. */
export async function compareClosing(
  implementation: ClosingImplementation,
  fixture: ClosingFixture,
  byteByByte = false,
): Promise<readonly string[]> {
  const log = new EventLog();
  const made = implementation.create(fixture.role, fixture.closeTimeoutMs, {
    event: (event) => log.add(() => dataLine(event)),
    closed: (record) => log.add(() => closedLine(record)),
  });
  const endpoint = created(made, ...METHODS);
  const player = new Player(endpoint, fixture.role, byteByByte);
  const problems: string[] = [];
  try {
    for (const [at, step] of fixture.steps.entries()) {
      const problem = await player.play(step);
      if (problem !== undefined) problems.push(`step ${at + 1}: ${problem}`);
    }
  } finally {
    await endpoint.dispose?.();
  }
  log.check();
  return [...problems, ...judgeLog(fixture, log.lines)];
}

class Player {
  readonly #endpoint: ClosingEndpoint;
  readonly #role: Role;
  readonly #byteByByte: boolean;
  #seen = 0;

  constructor(endpoint: ClosingEndpoint, role: Role, byteByByte: boolean) {
    this.#endpoint = endpoint;
    this.#role = role;
    this.#byteByByte = byteByByte;
  }

  /** What is wrong with a step that asserts. */
  async play(step: ClosingStep): Promise<string | undefined> {
    if ('sent' in step) return this.#checkSent(step.sent);
    if ('ended' in step) {
      return this.#endpoint.ended() === step.ended ? undefined : `TCP ${step.ended ? 'not ended' : 'ended'} by us`;
    }
    await this.#act(step);
    return undefined;
  }

  async #act(step: Exclude<ClosingStep, { sent: unknown } | { ended: unknown }>): Promise<void> {
    const endpoint = this.#endpoint;
    if ('receive' in step) return this.#receive(bytesOf(step.receive));
    if ('receiveEnd' in step) return endpoint.receiveEnd();
    if ('receiveReset' in step) return endpoint.receiveReset();
    if ('close' in step) return endpoint.close(step.close.code, step.close.reason);
    if ('wait' in step) return endpoint.wait(step.wait);
    try {
      await ('send' in step ? endpoint.send(step.send) : endpoint.ping(step.ping));
    } catch {
      // Refusing is as good as dropping: the next step looks at what was sent.
    }
  }

  async #receive(bytes: Buffer): Promise<void> {
    if (!this.#byteByByte) return this.#endpoint.receive(bytes);
    for (let at = 0; at < bytes.length; at++) await this.#endpoint.receive(Buffer.from(bytes.subarray(at, at + 1)));
  }

  #checkSent(expected: Extract<ClosingStep, { sent: unknown }>['sent']): string | undefined {
    const written = givenBytes('what written returns', this.#endpoint.written());
    const { frames, wrong } = readSentFrames(written.subarray(this.#seen));
    this.#seen = written.length;
    const lines = (list: readonly unknown[]): string => JSON.stringify(list);
    if (wrong !== undefined) return `sent ${wrong}, expected ${lines(expected)}`;
    if (frames.some(({ masked }) => masked !== (this.#role === 'client'))) return 'a frame was masked the wrong way';
    const sent = frames.map(({ frame }) => frame);
    return lines(sent) === lines(expected) ? undefined : `sent ${lines(sent)}, expected ${lines(expected)}`;
  }
}

/** The line of a close event. The reason may hold anything, so its quotes are the first and the last ones. */
const CLOSED = /^closed (\S+) (".*") (true|false)$/s;

function judgeLog({ expect }: ClosingFixture, log: readonly string[]): readonly string[] {
  const problems: string[] = [];
  const closes = log.filter((line) => line.startsWith('closed '));
  if (closes.length !== 1) problems.push(`${closes.length} close events`);
  else if (log.at(-1) !== closes[0])
    problems.push(`after the close event: ${log.slice(log.indexOf(closes[0] ?? '') + 1).join(', ')}`);
  const [, code = '', reason = '', clean] = CLOSED.exec(closes[0] ?? '') ?? [];
  const { closed } = expect;
  if (closed.code !== null && code !== String(closed.code))
    problems.push(`closed with ${code}, expected ${closed.code}`);
  if (closed.reason !== null && reason !== JSON.stringify(closed.reason)) problems.push(`closed with reason ${reason}`);
  if (clean !== undefined && clean !== String(closed.clean)) problems.push(`clean is not ${closed.clean}`);
  const events = log.filter((line) => !line.startsWith('closed '));
  const expected = expect.events?.map(eventLine);
  if (expected !== undefined && events.join() !== expected.join()) {
    problems.push(`events [${events.join(', ')}], expected [${expected.join(', ')}]`);
  }
  return problems;
}
