/** Runs the chosen rows, one after the other, and ends every process it started. */
import { join } from 'node:path';
import { CODEC_ROWS, CodecContestant, SUBJECT_ENV, type CodecRow } from './codec-rows.js';
import { SUBJECTS, type SubjectName } from './codec/jobs.js';
import { interleave } from './interleave.js';
import type { LoadJob, LoadResult } from './load/jobs.js';
import type { BenchOptions } from './options.js';
import { describePeer } from './peers.js';
import type { Placement } from './placement.js';
import { openFileLimit } from './proc.js';
import type { Progress } from './progress.js';
import { summarize, type RowResult } from './results.js';
import { SERVER_ROWS, type ServerRow } from './rows.js';
import { ServerContestant, type Pace } from './server-contestant.js';
import { WorkerProcess } from './worker-process.js';

export interface Folders {
  /** Where node_modules and docs are. */
  readonly root: string;
  /** packages/bench. */
  readonly bench: string;
}

type Step = (round: number, label: string) => void;
export type AnyRow = ServerRow | CodecRow;
export const ALL_ROWS: readonly AnyRow[] = [...SERVER_ROWS, ...CODEC_ROWS];

const PACE: Pace = { firstWarmUpMs: 1200, warmUpMs: 300, measureMs: 1200 };
const QUICK_PACE: Pace = { firstWarmUpMs: 500, warmUpMs: 150, measureMs: 400 };
const CODEC_BUDGET_MS = 120;
const QUICK_CODEC_BUDGET_MS = 30;
const QUICK_ROUNDS = 3;
/** Files that a process needs beside its connections. */
const SPARE_FILES = 64;

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export class Bench {
  readonly #options: BenchOptions;
  readonly #folders: Folders;
  readonly #placement: Placement;
  readonly #progress: Progress;
  readonly #children = new Set<{ kill(): void }>();

  constructor(options: BenchOptions, folders: Folders, placement: Placement, progress: Progress) {
    this.#options = options;
    this.#folders = folders;
    this.#placement = placement;
    this.#progress = progress;
  }

  rows(): readonly AnyRow[] {
    return ALL_ROWS.filter(({ id }) => this.#options.only.test(id));
  }

  /**
   * @param onRow told each result as it comes
   * @throws Error when no row was chosen
   */
  async run(onRow: (result: RowResult) => void): Promise<void> {
    const rows = this.rows();
    if (rows.length === 0) throw new Error('No row has such a name: --list prints those there are.');
    for (const [index, row] of rows.entries()) {
      const step = this.#progress.row(index, rows.length, row.id);
      onRow('task' in row ? await this.#runCodecRow(row, step) : await this.#runServerRow(row, step));
    }
  }

  /** Ends every process that was started, at once. */
  stop(): void {
    for (const child of this.#children) child.kill();
    this.#children.clear();
  }

  #rounds(rounds: number): number {
    return this.#options.quick ? QUICK_ROUNDS : rounds;
  }

  async #runServerRow(row: ServerRow, step: Step): Promise<RowResult> {
    const head = { ...row, section: 'server' } as const;
    const names = row.peers.filter((name) => name === row.subject || this.#options.peers.includes(name));
    const peers = names.map((name) => describePeer(name, this.#folders.root, this.#folders.bench));
    const needed = neededFiles(row);
    if (needed > openFileLimit()) {
      const failure = `needs ${needed} open files, the limit is ${openFileLimit()}`;
      return summarize(
        head,
        peers.map(({ name, label }) => ({ name, label, values: [], failure })),
        today(),
      );
    }
    const load = this.#worker<LoadJob, LoadResult>('load', {});
    const context = {
      load,
      processor: this.#placement.server,
      pace: this.#options.quick ? QUICK_PACE : PACE,
      track: (child: { kill(): void }) => void this.#children.add(child),
    };
    try {
      const contestants = peers.map((peer) => new ServerContestant(peer, row, context));
      return summarize(head, await interleave(contestants, this.#rounds(row.rounds), step), today());
    } finally {
      load.kill();
    }
  }

  async #runCodecRow(row: CodecRow, step: Step): Promise<RowResult> {
    const budgetMs = this.#options.quick ? QUICK_CODEC_BUDGET_MS : CODEC_BUDGET_MS;
    const wanted = (name: SubjectName): boolean =>
      name === 'sokker-core' || this.#options.peers.some((p) => p === name);
    const names = SUBJECTS.filter((name) => name === row.subject || (row.peers.includes(name) && wanted(name)));
    const contestants = names.map(
      (name) => new CodecContestant(name, this.#worker('codec', SUBJECT_ENV[name]), row, budgetMs),
    );
    return summarize(row, await interleave(contestants, this.#rounds(row.rounds), step), today());
  }

  #worker<Job, Result>(name: 'load' | 'codec', env: Readonly<Record<string, string>>): WorkerProcess<Job, Result> {
    const script = join(this.#folders.bench, 'dist', name, 'main.js');
    const processor = name === 'load' ? this.#placement.load : this.#placement.server;
    const worker = new WorkerProcess<Job, Result>({ script, processor, env });
    this.#children.add(worker);
    return worker;
  }
}

function neededFiles(row: ServerRow): number {
  if (row.kind === 'growth') return row.to + SPARE_FILES;
  return ('connections' in row ? row.connections : 0) + SPARE_FILES;
}
