/** The measured part of a run: after the warm-up, for a fixed time, with the processor time of both ends. */
import { within } from '../deadline.js';
import { processorSeconds } from '../proc.js';
import type { LoadResult } from './jobs.js';

export interface WindowOptions {
  readonly pid: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Everything counted so far. */
  readonly count: () => number;
  /** Rejects when the run has failed. */
  readonly failed: Promise<never>;
}

interface Reading {
  readonly at: number;
  readonly server: number;
  readonly load: number;
  readonly count: number;
}

/** Processor time that this process has taken. */
export function loadSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function read(options: WindowOptions): Reading {
  return {
    at: performance.now(),
    server: processorSeconds(options.pid),
    load: loadSeconds(),
    count: options.count(),
  };
}

export async function measureWindow(options: WindowOptions): Promise<LoadResult> {
  await within(options.failed, options.warmUpMs);
  const before = read(options);
  await within(options.failed, options.measureMs);
  const after = read(options);
  if (after.count === before.count) throw new Error('nothing came back in the measured time');
  return {
    count: after.count - before.count,
    seconds: (after.at - before.at) / 1000,
    serverSeconds: after.server - before.server,
    loadSeconds: after.load - before.load,
  };
}
