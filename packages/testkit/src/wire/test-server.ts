/** Runs the fixtures against a server that is already running, in whatever language: it needs to echo messages. */
import { UsageError } from '../errors.js';
import { fixtures } from '../families.js';
import type { FixtureBase, FrameFixture, HandshakeFixture, NegotiationFixture } from '../fixture.js';
import { checkOptions } from '../options.js';
import { addressOf, type Address } from './address.js';
import { playFrames } from './server-frames.js';
import { playHandshake, playNegotiation } from './server-handshake.js';
import { open } from './opening.js';
import { SERVER_TEST_OPTIONS } from './options.js';
import { found, pendingFor, type WireResult, type Verdict } from './result.js';
import { asksForLimits, framesFor, hello, selected } from './selection.js';
import { Subject } from './subject.js';

/** Options of {@link testServer}. */
export interface ServerTestOptions {
  /** The fixtures to run, by their ids; default: all. */
  readonly only?: RegExp | undefined;
  /**
   * How long a failure that is due may take before it counts as late, or as missing: milliseconds, 1 to 60 000, default
   * 250.
   */
  readonly patienceMs?: number | undefined;
  /** How long what must be answered may take: milliseconds, 1 to 60 000, default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Connections at a time, 1 to 1000; default 8. */
  readonly connections?: number | undefined;
}

type Player = (subject: Subject) => Promise<Verdict>;

/**
 * Opens connections for each fixture of the families A to G that is for servers, and tells what became of it, in the order
 * of the fixtures. Leaving the loop ends the run.
 * @param url of a server that sends back each message as it came: `ws:` or `wss:`
 * @throws UsageError `ERR_SOKKER_OPTION`; `ERR_SOKKER_ARGUMENT` for the URL, where nobody echoes there, and once nobody is
 *   reached any more
 */
export async function* testServer(
  url: string | URL,
  options: ServerTestOptions = {},
): AsyncGenerator<WireResult, void> {
  checkOptions('testServer', SERVER_TEST_OPTIONS, options);
  const { only, patienceMs = 250, timeoutMs = 5000, connections = 8 } = options;
  const subject = new Subject(addressOf(url), { patienceMs, timeoutMs });
  const selection = plays(subject.address).filter(([fixture]) => selected(only, fixture));
  if (selection.length === 0) return;
  const run = new Run(subject, selection);
  try {
    await expectEcho(subject);
    for (let i = 0; i < connections; i++) run.begin();
    let crashes = 0;
    for (let first = run.next(); first !== undefined; first = run.next()) {
      const result = await first;
      yield result;
      crashes = result.findings.some(({ deviation }) => deviation === 'crash') ? crashes + 1 : 0;
      if (crashes === MAX_CRASHES) throw lost(subject.address, result);
    }
  } finally {
    run.end();
    subject.leave();
  }
}

/** So many fixtures in a row that could not be run: then there is nobody to run them on. */
const MAX_CRASHES = 16;

function lost({ host, port }: Address, { fixture, findings }: WireResult): UsageError {
  const text = `${MAX_CRASHES} fixtures in a row could not be run, of ${host}:${port} the last, ${fixture.id}: ${findings[0]?.text}`;
  return new UsageError('ERR_SOKKER_ARGUMENT', text);
}

/** Fixtures that wait, and those under way; another begins as soon as one is done. */
class Run {
  readonly #subject: Subject;
  readonly #waiting: (readonly [FixtureBase, Player])[];
  readonly #begun: Promise<WireResult>[] = [];

  constructor(subject: Subject, waiting: (readonly [FixtureBase, Player])[]) {
    this.#subject = subject;
    this.#waiting = waiting;
  }

  begin(): void {
    const [fixture, play] = this.#waiting.shift() ?? [];
    if (fixture !== undefined && play !== undefined) this.#begun.push(this.#run(fixture, play));
  }

  /** The result of the first that was not told yet. */
  next(): Promise<WireResult> | undefined {
    return this.#begun.shift();
  }

  /** Begins no more. */
  end(): void {
    this.#waiting.length = 0;
  }

  async #run(fixture: FixtureBase, play: Player): Promise<WireResult> {
    try {
      return { fixture, ...(await play(this.#subject)) };
    } catch (error) {
      return { fixture, ...found([{ deviation: 'crash', text: String(error) }]) };
    } finally {
      this.begin();
    }
  }
}

/** What is for servers, and how it is played; what cannot be is told why. */
function plays(address: Address): (readonly [FixtureBase, Player])[] {
  const { negotiation, handshake } = fixtures;
  return [
    ...framesFor('server').map((fixture) => [fixture, framePlayer(fixture)] as const),
    ...negotiation.fixtures.map((fixture) => [fixture, negotiationPlayer(fixture)] as const),
    ...handshake.fixtures.map((fixture) => [fixture, handshakePlayer(fixture, address)] as const),
  ].filter(([{ role }]) => role === 'server');
}

function framePlayer(fixture: FrameFixture): Player {
  const reason = asksForLimits(fixture);
  if (reason !== undefined) return unplayed(reason);
  return (subject) => playFrames(subject, fixture);
}

function negotiationPlayer(fixture: NegotiationFixture): Player {
  return (subject) => playNegotiation(subject, fixture);
}

function handshakePlayer(fixture: HandshakeFixture, { isSecure }: Address): Player {
  const { settings, request } = fixture;
  if (/\r\nsec-websocket-protocol:/i.test(request)) return unplayed(asksForProtocols(settings.subprotocols));
  if (/\r\norigin:/i.test(request)) return unplayed('asks for a rule for origins');
  if (settings.secure && !isSecure) return unplayed('asks for TLS');
  return (subject) => playHandshake(subject, fixture);
}

function asksForProtocols(names: readonly string[]): string {
  return names.length === 0 ? 'asks for no subprotocols' : `asks for the subprotocols ${names.join(', ')}`;
}

function unplayed(reason: string): Player {
  return () => Promise.resolve(pendingFor(reason));
}

/** Without an echo every fixture would fail, and none would say why. */
async function expectEcho(subject: Subject): Promise<void> {
  const { host, port, target } = subject.address;
  const where = `${host}:${port}${target}`;
  const opened = await open(subject, []).catch((error: unknown) => {
    throw new UsageError('ERR_SOKKER_ARGUMENT', `nobody is reached at ${where}: ${reasonOf(error)}`);
  });
  if (typeof opened === 'string') throw new UsageError('ERR_SOKKER_ARGUMENT', `${where} ${opened}`);
  const wrong = await hello('server', opened, subject);
  opened.link.destroy();
  if (wrong !== undefined) throw new UsageError('ERR_SOKKER_ARGUMENT', `${where} does not echo: ${wrong}`);
}

function reasonOf(error: unknown): string {
  const { message, code = '' } = error as NodeJS.ErrnoException;
  const isUnknown = /CERT|SELF_SIGNED|UNABLE_TO/.test(code);
  return isUnknown ? `${message} (a certificate of your own is named in NODE_EXTRA_CA_CERTS)` : message;
}
