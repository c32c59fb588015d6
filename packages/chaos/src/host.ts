/** What every server actor can do. */
import type { SokkerServer, ServerMetrics } from '@sokker/server';
import type { LeapingClock } from './clock.js';
import { memoryAtRest, Meter, type Memory, type Observed } from './measure.js';
import { residentBytes } from './proc.js';

export interface HostMethods {
  port(): number;
  metrics(): ServerMetrics;
  /** Memory, once garbage is collected. */
  memory(): Promise<Memory>;
  residentBytes(): number;
  /** Processor time of the process so far, all threads: milliseconds. Opens no file. */
  cpuMs(): number;
  /** Begins to watch the event loop and the memory. */
  watch(): void;
  /** Ends it. */
  observed(): Observed;
  /** Puts the injected clock forward, in steps. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** What keeps the process busy, by kind, such as `TCPSocketWrap`. */
  resources(): Record<string, number>;
  // The shape of `Methods`.
  [method: string]: (...args: never[]) => unknown;
}

const STEP_MS = 1000;

interface HostOptions {
  readonly clock?: LeapingClock;
  /** Default: any that is free. */
  readonly port?: number;
}

/** Has a server listen, and answers the methods by which the stage looks after it. */
export async function host<Context>(server: SokkerServer<Context>, options: HostOptions = {}): Promise<HostMethods> {
  const { port } = await server.listen(options.port ?? 0, '127.0.0.1');
  let meter: Meter | undefined;
  return {
    port: () => port,
    metrics: () => server.metrics(),
    memory: memoryAtRest,
    residentBytes: () => residentBytes(),
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    watch: () => void (meter = new Meter()),
    observed: () => {
      if (meter === undefined) throw new Error('nobody asked to watch');
      return meter.stop();
    },
    pass: async (ms: number, stepMs = STEP_MS) => options.clock?.pass(ms, stepMs),
    resources,
  };
}

function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Sends every message back. */
export function echoing<Context>(server: SokkerServer<Context>): SokkerServer<Context> {
  server.on('message', ({ data, type }, connection) => connection.send(data, { type }));
  return server;
}
