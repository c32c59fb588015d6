import type { ServerMetrics } from '@sokker/server';
import type { Metric, Registry } from 'prom-client';
import { FAMILIES, type Family } from './families.js';

interface Source {
  metrics(): ServerMetrics;
}

/**
 * Shows a server's metrics in a registry of prom-client. Nothing is counted twice: a scrape reads `server.metrics()`,
 * once for all families, so that its numbers belong together.
 */
export function collect(server: Source, registry: Pick<Registry, 'registerMetric'>): void {
  const collector = new Collector(server);
  for (const family of FAMILIES) {
    // A registry calls no more of a metric than this; its type names the classes that prom-client comes with.
    registry.registerMetric(new CollectedMetric(family, collector) as unknown as Metric);
  }
}

class Collector {
  readonly #server: Source;
  #metrics: ServerMetrics | undefined;

  constructor(server: Source) {
    this.#server = server;
  }

  /** One object for all that ask in the same turn, as a registry does. */
  read(): ServerMetrics {
    if (this.#metrics === undefined) queueMicrotask(() => (this.#metrics = undefined));
    return (this.#metrics ??= this.#server.metrics());
  }
}

class CollectedMetric {
  /** Not readonly: for OpenMetrics a registry takes `_total` off the names of counters. */
  name: string;
  readonly help: string;
  readonly type: Family['type'];
  readonly aggregator = 'sum';
  readonly #samples: Family['samples'];
  readonly #collector: Collector;

  constructor({ name, help, type, samples }: Family, collector: Collector) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.#samples = samples;
    this.#collector = collector;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: this.#samples(this.#collector.read()) };
  }

  /** What a server counted stays counted. */
  reset(): void {}
}
