import type { CommandResult } from '../src/command.js';
import type { Findings, Gate, GateContext } from '../src/gate.js';
import type { Tree } from '../src/tree.js';

/** A repository in memory: paths to texts; objects become JSON. */
export class MemoryTree implements Tree {
  readonly #texts = new Map<string, string>();

  constructor(files: Readonly<Record<string, string | object>>) {
    for (const [path, text] of Object.entries(files)) {
      this.#texts.set(path, typeof text === 'string' ? text : JSON.stringify(text));
    }
  }

  get files(): readonly string[] {
    return [...this.#texts.keys()].sort();
  }

  /** Folders are there as soon as something is in them. */
  has(path: string): boolean {
    return this.#texts.has(path) || this.files.some((file) => file.startsWith(`${path}/`));
  }

  read(path: string): string {
    const text = this.#texts.get(path);
    if (text === undefined) throw new Error(`no ${path}`);
    return text;
  }

  write(path: string, text: string): void {
    this.#texts.set(path, text);
  }
}

export interface Setting {
  readonly files: Readonly<Record<string, string | object>>;
  readonly modules?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly update?: boolean;
  readonly run?: GateContext['run'];
}

/** Runs a gate on a tree in memory and answers what it found, with the tree as the gate left it. */
export async function checkGate(gate: Gate, setting: Setting): Promise<Findings & { readonly tree: MemoryTree }> {
  const tree = new MemoryTree(setting.files);
  const findings = await gate.check({
    tree,
    update: setting.update ?? false,
    run: setting.run ?? (() => Promise.resolve<CommandResult>({ status: 0, output: '' })),
    load: (path) => Promise.resolve(setting.modules?.[path] ?? {}),
  });
  return { ...findings, tree };
}
