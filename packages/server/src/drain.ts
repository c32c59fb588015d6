import type { Clock, CloseRecord } from '@sokker/connection';
import { CloseCode } from '@sokker/frame';
import type { DrainSettings } from './drain-options.js';
import type { ServerConnection } from './server-connection.js';

/** What became of the connections; `clean`, `forced` and `lost` add up to `connections`. */
export interface DrainReport {
  readonly connections: number;
  /** Ended with a Close from both sides. */
  readonly clean: number;
  /** Cut at the deadline. */
  readonly forced: number;
  /** Ended otherwise: lost, or without an answer to the Close. */
  readonly lost: number;
  readonly elapsedMs: number;
}

/** Close frames that are spread leave at most this often: milliseconds. */
const STEP_MS = 20;

/** Closes connections one after the other over a window, and cuts those that are left at the deadline. */
export class Drain<Context> {
  readonly #waiting: ServerConnection<Context>[];
  readonly #settings: DrainSettings;
  readonly #clock: Clock;
  readonly #left: Set<ServerConnection<Context>>;
  readonly #counts = { clean: 0, forced: 0, lost: 0 };
  #nextStep: unknown;

  constructor(connections: Iterable<ServerConnection<Context>>, settings: DrainSettings, clock: Clock) {
    this.#waiting = [...connections];
    this.#left = new Set(this.#waiting);
    this.#settings = settings;
    this.#clock = clock;
  }

  async run(): Promise<DrainReport> {
    const startedAt = this.#clock.now();
    const connections = this.#waiting.length;
    const ends = this.#waiting.map(async (connection) => this.#onEnd(await connection.closed, connection));
    const deadline = this.#clock.setTimeout(() => this.#cut(), this.#settings.deadlineMs);
    const steps = Math.max(1, Math.min(connections, Math.floor(this.#settings.spreadMs / STEP_MS)));
    this.#step(0, steps, connections);
    await Promise.all(ends);
    this.#clock.clearTimeout(deadline);
    if (this.#nextStep !== undefined) this.#clock.clearTimeout(this.#nextStep);
    return { connections, ...this.#counts, elapsedMs: this.#clock.now() - startedAt };
  }

  /** Evenly over all steps: each tells as many as bring those who were told to its share of all. */
  #step(step: number, steps: number, connections: number): void {
    const left = connections - Math.ceil(((step + 1) * connections) / steps);
    for (const connection of this.#waiting.splice(0, this.#waiting.length - left)) this.#close(connection);
    if (this.#waiting.length === 0) return;
    const dueAt = (each: number): number => Math.round((each * this.#settings.spreadMs) / steps);
    const wait = dueAt(step + 1) - dueAt(step);
    this.#nextStep = this.#clock.setTimeout(() => this.#step(step + 1, steps, connections), wait);
  }

  /** The time for the closing handshake begins when little is left to be sent before it. */
  #close(connection: ServerConnection<Context>): void {
    const { code = CloseCode.goingAway, reason } = this.#settings;
    const close = (): void => void connection.close(code, reason);
    connection.writable().then(close, close);
  }

  #onEnd(record: CloseRecord, connection: ServerConnection<Context>): void {
    // Not there any more: it was cut, and counted.
    if (!this.#left.delete(connection)) return;
    this.#counts[record.clean ? 'clean' : 'lost']++;
  }

  #cut(): void {
    this.#waiting.length = 0;
    this.#counts.forced += this.#left.size;
    for (const connection of [...this.#left]) {
      this.#left.delete(connection);
      connection.terminate();
    }
  }
}
