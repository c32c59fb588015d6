import type { Run } from './command.js';
import type { Tree } from './tree.js';

/** What a gate works with; everything it touches outside is handed in, so that tests run on trees in memory. */
export interface GateContext {
  readonly tree: Tree;
  /** Rewrite the generated files instead of comparing them. */
  readonly update: boolean;
  readonly run: Run;
  /** The exports of a TypeScript module of the repository, by its path in the tree. */
  readonly load: (path: string) => Promise<Readonly<Record<string, unknown>>>;
}

/** What a gate found: a few words for its line, and one line per failure; none means that the gate passes. */
export interface Findings {
  readonly note: string;
  readonly failures: readonly string[];
}

export interface Gate {
  readonly name: string;
  /** What it holds true, in one line, for `--help`. */
  readonly promise: string;
  /** Runs in processes of its own for seconds: started first, beside the others. */
  readonly slow?: true;
  check(context: GateContext): Findings | Promise<Findings>;
}
