/** Runs the fixtures against a client that comes again and again, in whatever language: it needs to echo messages. */
import { judgeKey } from '../client-runner.js';
import { UsageError } from '../errors.js';
import { checkOptions } from '../options.js';
import { acts, type Act } from './client-acts.js';
import { openedOn } from './opened.js';
import { CLIENT_TEST_OPTIONS } from './options.js';
import type { Waits } from './play.js';
import { cutBy, found, pendingFor, type WireFinding, type WireResult } from './result.js';
import { hello, selected } from './selection.js';
import { Visitors, type Visit } from './visitors.js';

/** Options of {@link testClient}. */
export interface ClientTestOptions {
  /** Where to listen: 0 to 65 535, default 0, any that is free. */
  readonly port?: number | undefined;
  /** The address to listen at; default `'127.0.0.1'`. */
  readonly host?: string | undefined;
  /** Called with the URL that the client is to connect to, once somebody listens there. */
  readonly onListening?: ((url: string) => void) | undefined;
  /** The fixtures to run, by their ids; default: all. */
  readonly only?: RegExp | undefined;
  /**
   * How long a failure that is due may take before it counts as late, or as missing: milliseconds, 1 to 60 000, default
   * 250.
   */
  readonly patienceMs?: number | undefined;
  /** How long what must come may take, the client's next connection too: milliseconds, 1 to 60 000, default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Ends the run: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Listens for a client that connects, sends back each message as it came until the connection ends, and connects again, and
 * tells what became of the fixtures of the families A to F and H that are for clients, in their order. The first
 * connection shows whether it echoes, and is waited for without end; then each fixture takes two, one after the other. Leaving
 * the loop ends the run.
 * @throws UsageError `ERR_SOKKER_OPTION`; `ERR_SOKKER_ARGUMENT` where the client does not echo, or does not come again
 */
export async function* testClient(options: ClientTestOptions = {}): AsyncGenerator<WireResult, void> {
  checkOptions('testClient', CLIENT_TEST_OPTIONS, options);
  const { port = 0, host = '127.0.0.1', onListening, only, patienceMs = 250, timeoutMs = 5000, signal } = options;
  const waits = { patienceMs, timeoutMs };
  const selection = acts().filter(({ fixture }) => selected(only, fixture));
  signal?.throwIfAborted();
  if (selection.length === 0) return;
  const visitors = await Visitors.listen(port, host, timeoutMs);
  const onAbort = (): void => visitors.close();
  signal?.addEventListener('abort', onAbort);
  try {
    onListening?.(`ws://${host.includes(':') ? `[${host}]` : host}:${visitors.port}/`);
    const first = await visitors.next(Infinity);
    if (first !== undefined) await expectEcho(first, waits);
    const run = new Run(visitors, waits);
    for (const act of selection) {
      const result = await run.play(act);
      signal?.throwIfAborted();
      yield result;
    }
  } catch (error) {
    // What is played while it is aborted only seems to fail.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    visitors.close();
  }
}

class Run {
  readonly #visitors: Visitors;
  readonly #waits: Waits;
  /** Stands for the client, whose keys are compared. */
  readonly #client = {};
  /** One that has come, and was not what the fixture before needed. */
  #kept: Visit | undefined;
  #last = 'its first message';

  constructor(visitors: Visitors, waits: Waits) {
    this.#visitors = visitors;
    this.#waits = waits;
  }

  async play({ fixture, unfit, once, play }: Act): Promise<WireResult> {
    const findings: WireFinding[] = [];
    for (const byteByByte of once === true ? [false] : [false, true]) {
      const visit = await this.#next();
      const reason = unfit(visit);
      if (reason !== undefined) {
        this.#kept = visit;
        return { fixture, ...(findings.length > 0 ? found(findings) : pendingFor(reason)) };
      }
      this.#last = fixture.id;
      findings.push(...judgeKey(this.#client, visit.head).map((text) => ({ deviation: 'answer', text }) as const));
      findings.push(...cutBy(byteByByte, await play(visit, byteByByte, this.#waits)));
    }
    return { fixture, ...found(findings) };
  }

  async #next(): Promise<Visit> {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept?.link.ended === false) return kept;
    const visit = await this.#visitors.next(this.#waits.timeoutMs);
    if (visit !== undefined) return visit;
    throw new UsageError('ERR_SOKKER_ARGUMENT', `the client did not connect again after ${this.#last}`);
  }
}

/** Without an echo every fixture would fail, and none would say why. */
async function expectEcho(visit: Visit, waits: Waits): Promise<void> {
  visit.open();
  const wrong = await hello('client', openedOn(visit.link, 'client'), waits);
  await visit.leave(waits);
  if (wrong !== undefined) throw new UsageError('ERR_SOKKER_ARGUMENT', `the client does not echo: ${wrong}`);
}
