/* What a soak has seen, and what is made of it. */
import type { Tally } from './client.js';
import type { ServerSample } from './server-process.js';
import { slopeOf, Times, type Slope } from './statistics.js';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
/** The first part of a run, in which pools fill and code is compiled. */
const WARM_UP_SHARE = 0.2;
/** What is left of shorter runs does not tell a slope. */
const MIN_JUDGED_MS = 10 * 60_000;
const MAX_SLOPE_MIB_PER_HOUR = 1;

/** What a server may say of clients that go without a word, in the middle of a frame or not. */
const VANISHED: readonly string[] = ['ERR_SOKKER_CONNECTION_LOST', 'ERR_SOKKER_UNEXPECTED_END'];

interface Window {
  readonly atMs: number;
  readonly times: Times;
  readonly heapBytes: number;
}

export class SoakRecord implements Tally {
  readonly #windows: Window[] = [];
  readonly #faults = new Map<string, number>();
  #times = new Times();
  #since = 0;
  messages = 0;
  lost = 0;

  onEcho(ms: number): void {
    this.messages++;
    this.#times.add(ms);
  }

  onFault(what: string, times = 1): void {
    this.#faults.set(what, (this.#faults.get(what) ?? 0) + times);
  }

  onLost(count: number): void {
    this.lost += count;
  }

  get faults(): number {
    return [...this.#faults.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Ends a window; answers its line. */
  sample(atMs: number, server: ServerSample, connections: number): string {
    this.#hear(server);
    const times = this.#times;
    const rate = (1000 * times.count) / Math.max(1, atMs - this.#since);
    this.#windows.push({ atMs, times, heapBytes: server.heapBytes });
    this.#times = new Times();
    this.#since = atMs;
    const cells = [`${(atMs / 60_000).toFixed(1)} min`, `${connections} open`, `${rate.toFixed(0)}/s`];
    cells.push(`p50 ${ms(times, 0.5)}`, `p99 ${ms(times, 0.99)}`, `heap ${mib(server.heapBytes)}`);
    cells.push(`resident ${mib(server.residentBytes)}`, `${this.faults} errors`, `${this.lost} lost`);
    return cells.join('  ');
  }

  /** What the server says when all clients have gone. */
  end(server: ServerSample): void {
    this.#hear(server);
    if (server.connections > 0) this.onFault('a connection that the server still has', server.connections);
  }

  /** How the server's heap went on after the warm-up: MiB per hour. */
  get slope(): Slope {
    const samples = this.#warm.map(({ atMs, heapBytes }) => [atMs / HOUR_MS, heapBytes / MIB] as const);
    return slopeOf(samples);
  }

  /** How the 99th percentile went on: the last third against the first, after the warm-up. */
  get drift(): number {
    const warm = this.#warm;
    const third = Math.max(1, Math.floor(warm.length / 3));
    const percentile = (windows: readonly Window[]): number => {
      const all = new Times();
      for (const { times } of windows) all.merge(times);
      return all.percentile(0.99);
    };
    return percentile(warm.slice(-third)) / percentile(warm.slice(0, third)) - 1;
  }

  /** Whether it went as it must. A slope counts where it is beyond its own error, and the run was long enough to tell. */
  get passed(): boolean {
    const { perUnit, error } = this.slope;
    const grows = this.#isJudged && perUnit - 2 * error > MAX_SLOPE_MIB_PER_HOUR;
    return this.faults === 0 && this.lost === 0 && this.messages > 0 && !grows;
  }

  summary(): string {
    const { perUnit, error } = this.slope;
    const margin = Number.isFinite(error) ? ` ± ${(2 * error).toFixed(2)}` : '';
    const bound = this.#isJudged ? `at most ${MAX_SLOPE_MIB_PER_HOUR}, after the warm-up` : 'too short a run to judge';
    const lines = [`messages    ${this.messages}`, `lost        ${this.lost}`, `errors      ${this.faults}`];
    for (const [what, count] of this.#faults) lines.push(`            ${count} × ${what}`);
    lines.push(`heap slope  ${perUnit.toFixed(2)}${margin} MiB/h (${bound})`);
    lines.push(`p99 drift   ${(100 * this.drift).toFixed(0)} %`, this.passed ? 'passed' : 'FAILED');
    return lines.join('\n');
  }

  #hear({ uncaught, errors }: ServerSample): void {
    for (const fault of uncaught) this.onFault(`uncaught in the server: ${fault}`);
    for (const [code, count] of Object.entries(errors)) {
      if (!VANISHED.includes(code)) this.onFault(`an error of the server: ${code}`, count);
    }
  }

  get #isJudged(): boolean {
    return (this.#windows.at(-1)?.atMs ?? 0) * (1 - WARM_UP_SHARE) >= MIN_JUDGED_MS;
  }

  get #warm(): readonly Window[] {
    const end = this.#windows.at(-1)?.atMs ?? 0;
    return this.#windows.filter(({ atMs }) => atMs >= end * WARM_UP_SHARE);
  }
}

function ms(times: Times, share: number): string {
  return `${times.percentile(share).toFixed(1)} ms`;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
