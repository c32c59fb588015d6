/** Where a fault plays: it starts the fault's actors, writes down what was asserted, and leaves nothing behind. */
import type { Methods } from './actor.js';
import { openFileLimit } from './proc.js';
import { ActorProcess, type ProcessOptions, type Remote } from './remote.js';
import { judge, type Claim, type Row } from './verdict.js';

/** Makes the methods of an actor, in the actor's own process, from values that survive JSON. */
export type Actors = Record<string, (setup: never) => Methods | Promise<Methods>>;

/** One fault of the list: what it is called, who plays, and how it goes. */
export interface FaultSpec<A extends Actors> {
  readonly id: string;
  /** What goes wrong, in a few words. */
  readonly title: string;
  readonly actors: A;
  /** How long it may take before it is broken off, full and short: seconds; default 300 and 90. */
  readonly timeLimitSeconds?: readonly [full: number, short: number];
  run(stage: Stage<A>): Promise<void>;
}

export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly timeLimitSeconds?: readonly [full: number, short: number];
  readonly actors: Readonly<Record<string, (setup: never) => Methods | Promise<Methods>>>;
  readonly run: (stage: Stage<Actors>) => Promise<void>;
}

/** Keeps the types of the actors to the one who wrote them. */
export function fault<A extends Actors>(spec: FaultSpec<A>): Fault {
  return { ...spec, run: (stage) => spec.run(stage) };
}

export interface StageSettings {
  readonly script: string;
  readonly short: boolean;
  readonly seed: number;
  readonly note: (text: string) => void;
}

/** An actor on stage: its methods, and its process. */
export interface Player<M extends Methods> {
  readonly call: Remote<M>;
  readonly process: ActorProcess;
}

/** Files that a process needs beside its connections. */
const SPARE_FILES = 256;

export class Stage<A extends Actors> {
  readonly short: boolean;
  readonly seed: number;
  readonly rows: Row[] = [];
  readonly #id: string;
  readonly #settings: StageSettings;
  readonly #processes = new Map<string, ActorProcess>();
  #started = 0;

  constructor(id: string, settings: StageSettings) {
    this.#id = id;
    this.#settings = settings;
    this.short = settings.short;
    this.seed = settings.seed;
  }

  async start<Name extends keyof A & string>(
    name: Name,
    setup: Parameters<A[Name]>[0],
    options?: ProcessOptions,
  ): Promise<Player<Awaited<ReturnType<A[Name]>>>> {
    const label = `${name} ${++this.#started}`;
    const args = [this.#id, name, JSON.stringify(setup ?? null)];
    const process = new ActorProcess(label, this.#settings.script, args, options);
    this.#processes.set(label, process);
    return { call: await process.remote(), process };
  }

  /** A count, scaled down in the short form. */
  scale(full: number, short: number): number {
    return this.short ? short : full;
  }

  /** A count of connections that one process holds: no more than the file limit allows, which is then said. */
  connections(full: number, short: number): number {
    const wanted = this.scale(full, short);
    const limit = openFileLimit() - SPARE_FILES;
    if (wanted <= limit) return wanted;
    this.note(
      `${wanted} connections need ${wanted + SPARE_FILES} open files, the limit is ${openFileLimit()}: ${limit} instead`,
    );
    return limit;
  }

  expect(claim: Claim): void {
    const row = judge(this.#id, claim);
    this.rows.push(row);
    this.note(`${row.ok ? 'holds' : 'FALLS SHORT'}: ${row.asserted}: ${row.figure} (${row.bound}) ${row.counter}`);
  }

  note(text: string): void {
    this.#settings.note(`${this.#id} ${text}`);
  }

  /**
   * Ends every process that is left; what nobody caught in any of them becomes a row of its own. Where nothing was
   * asserted, nothing holds.
   */
  async end(): Promise<void> {
    const all = [...this.#processes.entries()];
    await Promise.all(all.map(([, process]) => process.stop()));
    const uncaught = all.flatMap(([label, process]) => process.uncaught.map((text) => `${label}: ${text}`));
    for (const text of uncaught.slice(0, 3)) this.note(`uncaught in ${text}`);
    if (this.rows.length === 0) this.expect({ asserted: 'what was asserted', figure: 0, atLeast: 1 });
    this.expect({ asserted: 'uncaught errors, warnings of leaks', figure: uncaught.length, equals: 0 });
  }

  /** Without waiting: for an interrupted run. */
  dismiss(): void {
    for (const process of this.#processes.values()) process.dismiss();
  }
}
