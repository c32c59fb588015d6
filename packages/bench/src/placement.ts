/** Where processes run: the server on one processor, the load on another, so that neither takes the other's time. */
import { spawnSync } from 'node:child_process';
import { allowedProcessors } from './proc.js';

export interface Placement {
  readonly server: number | undefined;
  readonly load: number | undefined;
  /** For the report. */
  readonly description: string;
}

export function choosePlacement(): Placement {
  const processors = allowedProcessors();
  const [server, load] = processors;
  if (server === undefined || load === undefined) {
    return { server: undefined, load: undefined, description: 'one processor for server and load' };
  }
  if (spawnSync('taskset', ['--version']).status !== 0) {
    return { server: undefined, load: undefined, description: 'not pinned: taskset is missing' };
  }
  return { server, load, description: `server on processor ${server}, load on processor ${load}` };
}

/** The command that runs `command` on one processor; taskset replaces itself, so the process keeps its id. */
export function pinned(processor: number | undefined, command: string, args: readonly string[]): [string, string[]] {
  if (processor === undefined) return [command, [...args]];
  return ['taskset', ['--cpu-list', String(processor), command, ...args]];
}
