import { spawn } from 'node:child_process';

export interface CommandResult {
  /** The exit status; undefined when the process could not be started or was ended by a signal. */
  readonly status: number | undefined;
  /** Standard output and error together, in the order they came. */
  readonly output: string;
}

/** Runs Node.js with the given arguments in the repository's root. Never rejects. */
export type Run = (argv: readonly string[]) => Promise<CommandResult>;

/** A `Run` in `root`, with colours off and standard input closed. */
export function nodeIn(root: string): Run {
  return (argv) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, argv, {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
      });
      const pieces: Buffer[] = [];
      child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
      child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
      child.on('error', (error) => resolve({ status: undefined, output: error.message }));
      child.on('close', (status) => resolve({ status: status ?? undefined, output: Buffer.concat(pieces).toString() }));
    });
}

/** The lines of a command's output that say something. */
export function linesOf(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}
