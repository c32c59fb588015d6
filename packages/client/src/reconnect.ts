import { asError } from '@sokker/connection';
import { CloseCode } from '@sokker/frame';
import { HandshakeError } from '@sokker/handshake';
import { open, type MakeConnection } from './connect.js';
import { unlessAborted } from './deadline.js';
import { ConnectError } from './errors.js';
import { readReconnectOptions, type ReconnectOptions, type ReconnectSettings } from './reconnect-options.js';
import { RecordedConnection } from './recorded-connection.js';
import { renewed, type Renewed } from './renewal.js';
import { requestFor } from './request.js';
import { RetryPolicy, type Ending } from './retry-policy.js';

/** See `Connect`. */
export function forever<Context = unknown>(
  url: string | URL,
  options: ReconnectOptions<Context> = {},
): AsyncGenerator<RecordedConnection<Context>, void, undefined> {
  const settings = readReconnectOptions(options);
  requestFor({ url, headers: settings.connect.headers }, settings.connect);
  return run(url, settings);
}

async function* run<Context>(
  url: string | URL,
  settings: ReconnectSettings<Context>,
): AsyncGenerator<RecordedConnection<Context>, void, undefined> {
  const { signal } = settings.connect;
  const policy = new RetryPolicy(settings);
  const line = new Line(url, settings);
  try {
    while (!line.left) {
      const connection = await line.next();
      if (connection === undefined) return;
      let ending: Ending;
      if (connection instanceof Error) {
        ending = { type: 'failed', error: connection };
      } else {
        yield connection;
        const [record, lastedMs] = await Promise.all([connection.closed, line.lastedMs]);
        signal?.throwIfAborted();
        ending = { type: 'closed', record, lastedMs };
      }
      const verdict = policy.after(ending);
      if (verdict.type === 'give up') throw verdict.error;
      if (verdict.type === 'stop' || line.left) return;
      settings.onRetry?.({ after: ending, delayMs: verdict.delayMs });
      await line.wait(verdict.delayMs);
    }
  } finally {
    line.end();
  }
}

/** The connection at hand, and what has to happen between two of them. */
class Line<Context> {
  readonly #url: string | URL;
  readonly #settings: ReconnectSettings<Context>;
  #connection: RecordedConnection<Context> | undefined;
  #lastedMs = Promise.resolve(0);

  constructor(url: string | URL, settings: ReconnectSettings<Context>) {
    this.#url = url;
    this.#settings = settings;
    settings.connect.signal?.addEventListener('abort', this.#onAbort);
  }

  /** Whether the application has closed the connection, whoever ended it: then no other is wanted. */
  get left(): boolean {
    return this.#connection?.closeCalled === true;
  }

  /** How long the connection lasted, whatever `resume` and the loop did meanwhile: milliseconds, once it has ended. */
  get lastedMs(): Promise<number> {
    return this.#lastedMs;
  }

  /**
   * Opens and resumes the next connection; an error where that failed in a way that may pass, undefined where none is
   * wanted any more. Throws any other error.
   */
  async next(): Promise<RecordedConnection<Context> | Error | undefined> {
    const { connect, resume } = this.#settings;
    const { clock } = connect;
    const last = this.#connection;
    let connection: RecordedConnection<Context>;
    try {
      const target = await this.#renewed();
      if (target === undefined || this.left) return undefined;
      connection = await this.#open(target);
    } catch (error) {
      connect.signal?.throwIfAborted();
      if (!mayPass(error)) throw error;
      return error;
    }
    // Ours before onUnsent runs: where that throws, or aborts the signal, this one must not stay open.
    this.#connection = connection;
    const since = clock.now();
    this.#lastedMs = connection.closed.then(() => clock.now() - since);
    last?.handBack();
    this.#throwIfAborted();
    // The loop was left while this one was being opened: it ends with the loop.
    if (last?.closeCalled === true) return undefined;
    try {
      // What it waits for may never come once the connection has ended; what waited for that end has a turn to fail.
      await Promise.race([resume?.(connection), connection.closed.then(turn)]);
    } catch (error) {
      this.#throwIfAborted();
      if (connection.state === 'open') {
        connection.fail(asError(error));
        throw error;
      }
      await connection.closed;
      // That it was lost, or the peer's to end, is reason enough to fail, unless it was closed here as well.
      if (connection.closeCalled) {
        connect.signal?.throwIfAborted();
        throw error;
      }
    }
    this.#throwIfAborted();
    return connection;
  }

  /** Waits between two connections, until the application closes the one that has ended. */
  async wait(ms: number): Promise<void> {
    const { clock, signal } = this.#settings.connect;
    if (ms < 1 || this.left) return;
    let timer: unknown;
    const sleep = (resolve: () => void): void => {
      timer = clock.setTimeout(resolve, ms);
      if (this.#connection !== undefined) this.#connection.onCloseCalled = resolve;
    };
    const waited: Promise<void> = unlessAborted(signal ?? new AbortController().signal, sleep);
    await waited.finally(() => clock.clearTimeout(timer));
  }

  end(): void {
    this.#settings.connect.signal?.removeEventListener('abort', this.#onAbort);
    const connection = this.#connection;
    if (connection === undefined || connection.state === 'closed') return connection?.handBack();
    // One that is closing already goes on as it is: until its end, what waits may still leave.
    const handedBack = connection.close(CloseCode.normal).then(() => connection.handBack());
    // By then the loop is over, and nobody is there to catch what onUnsent throws.
    handedBack.catch((error: unknown) => process.emitWarning(asError(error)));
  }

  /** What to make the next attempt with; undefined where the application closes the one that has ended meanwhile. */
  async #renewed(): Promise<Renewed | undefined> {
    const { connect, renew } = this.#settings;
    const { signal } = connect;
    if (renew === undefined) return {};
    const loop = new AbortController();
    const end = (): void => loop.abort(signal?.reason);
    if (signal?.aborted === true) end();
    signal?.addEventListener('abort', end);
    if (this.#connection !== undefined) this.#connection.onCloseCalled = end;
    try {
      return await renewed(renew, loop.signal);
    } catch (error) {
      if (signal?.aborted !== true && loop.signal.aborted) return undefined;
      throw error;
    } finally {
      signal?.removeEventListener('abort', end);
    }
  }

  async #open({ url = this.#url, headers }: Renewed): Promise<RecordedConnection<Context>> {
    const { connect, onUnsent } = this.#settings;
    const make: MakeConnection<RecordedConnection<Context>, Context> = (...all) =>
      new RecordedConnection(onUnsent, ...all);
    return (await open(url, headers === undefined ? connect : { ...connect, headers }, make)).connection;
  }

  #throwIfAborted(): void {
    const { signal } = this.#settings.connect;
    // It may have aborted while this connection was nobody's yet.
    if (signal?.aborted === true) this.#onAbort();
    signal?.throwIfAborted();
  }

  readonly #onAbort = (): void => {
    if (this.#connection?.state === 'open') void this.#connection.close(CloseCode.goingAway);
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What the network or the server made fail; all else, such as what `onHeaders` throws, is the application's own. */
function mayPass(error: unknown): error is ConnectError | HandshakeError {
  return error instanceof ConnectError || error instanceof HandshakeError;
}
