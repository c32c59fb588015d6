/** One server on one row: how a sample of each kind of row is taken. */
import type { LoadJob, LoadResult, Target } from './load/jobs.js';
import type { Contestant, Sample } from './interleave.js';
import { missingPart, type Peer } from './peers.js';
import type { GrowthRow, MemoryRow, ServerRow } from './rows.js';
import { ServerProcess } from './server-process.js';
import type { WorkerProcess } from './worker-process.js';

export interface Pace {
  /** Once per server, before its first sample: code is compiled, buffers have grown. */
  readonly firstWarmUpMs: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface ServerContext {
  readonly processor: number | undefined;
  readonly load: WorkerProcess<LoadJob, LoadResult>;
  readonly pace: Pace;
  /** Tells the bench about a process, so that an interrupt ends it. */
  readonly track: (child: { kill(): void }) => void;
}

const MICROSECONDS = 1e6;
/** Connections being opened at one time in the opened-and-closed rows. */
const REOPEN_CONCURRENCY = 16;
const FIRST_MESSAGES = 200;
/** With thousands of connections a message takes long to come round: the window has to hold some rounds. */
const CROWD_WINDOW_FACTOR = 2;

export class ServerContestant implements Contestant {
  readonly name: string;
  readonly label: string;
  readonly #peer: Peer;
  readonly #row: ServerRow;
  readonly #context: ServerContext;
  #server: ServerProcess | undefined;

  constructor(peer: Peer, row: ServerRow, context: ServerContext) {
    this.name = peer.name;
    this.label = peer.label;
    this.#peer = peer;
    this.#row = row;
    this.#context = context;
  }

  async prepare(): Promise<void> {
    const missing = missingPart(this.#peer);
    if (missing !== undefined) throw new Error(missing);
    // Memory is measured on fresh servers, the others on one that has warmed up.
    if (this.#row.kind === 'memory') return;
    await this.dispose();
    await this.#start();
    const { firstWarmUpMs, warmUpMs } = this.#context.pace;
    await this.#measure({ firstWarmUpMs, warmUpMs: firstWarmUpMs, measureMs: warmUpMs });
  }

  sample(): Promise<Sample> {
    return this.#row.kind === 'memory' ? this.#sampleMemory(this.#row) : this.#measure(this.#context.pace);
  }

  async dispose(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  async #start(): Promise<ServerProcess> {
    const deflate = 'traffic' in this.#row && this.#row.traffic.deflate === true;
    return (this.#server = await ServerProcess.start(this.#peer, { ...this.#context, deflate }));
  }

  #target(path = '/echo'): Target {
    const { port = 0, pid = 0 } = this.#server ?? {};
    return { port, pid, path };
  }

  async #measure(pace: Pace): Promise<Sample> {
    const row = this.#row;
    const target = this.#target();
    const { load } = this.#context;
    switch (row.kind) {
      case 'echo':
        return perUnit(await load.run({ ...row, ...pace, kind: 'echo', target }));
      case 'broadcast':
        return perUnit(await load.run({ ...row, ...pace, kind: 'broadcast', target: this.#target('/broadcast') }));
      case 'reopen':
        return perUnit(await load.run({ ...pace, kind: 'reopen', target, concurrency: REOPEN_CONCURRENCY }));
      case 'growth':
        return this.#sampleGrowth(row, pace);
      case 'first-message': {
        const traffic = { kind: 'ascii', bytes: 125 } as const;
        const job = { kind: 'first-message', target, traffic, times: FIRST_MESSAGES } as const;
        const warm = performance.now() + pace.warmUpMs;
        while (performance.now() < warm) await load.run(job);
        const result = await load.run(job);
        return { value: (result.medianMs ?? NaN) * 1000, loadShare: loadShare(result) };
      }
      case 'open': {
        const traffic = { kind: 'ascii', bytes: 125 } as const;
        const held = await load.run({ kind: 'hold', target, traffic, connections: row.connections, echo: false });
        await load.run({ kind: 'release' });
        return { value: (held.seconds * MICROSECONDS) / held.count, loadShare: loadShare(held) };
      }
      case 'memory':
        return this.#sampleMemory(row);
    }
  }

  async #sampleGrowth(row: GrowthRow, pace: Pace): Promise<Sample> {
    const measureMs = pace.measureMs * CROWD_WINDOW_FACTOR;
    const job = { kind: 'echo', target: this.#target(), traffic: row.traffic, inFlight: 1, measureMs } as const;
    const few = await this.#context.load.run({ ...job, connections: row.from, warmUpMs: pace.warmUpMs });
    const many = await this.#context.load.run({ ...job, connections: row.to, warmUpMs: measureMs });
    const value = perUnit(many).value / perUnit(few).value;
    return { value, loadShare: Math.max(loadShare(few), loadShare(many)) };
  }

  async #sampleMemory(row: MemoryRow): Promise<Sample> {
    const server = await this.#start();
    try {
      const before = await server.restingKiB();
      const { traffic, connections, echo } = row;
      await this.#context.load.run({ kind: 'hold', target: this.#target(), traffic, connections, echo });
      const after = await server.restingKiB();
      return { value: (after - before) / connections };
    } finally {
      await this.#context.load.run({ kind: 'release' });
      await this.dispose();
    }
  }
}

/** Microseconds of the server's processor time per message, delivery or connection. */
function perUnit(result: LoadResult): Sample {
  return { value: (result.serverSeconds * MICROSECONDS) / result.count, loadShare: loadShare(result) };
}

function loadShare({ loadSeconds, seconds }: LoadResult): number {
  return loadSeconds / seconds;
}
