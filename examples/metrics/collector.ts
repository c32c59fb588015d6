import type { ServerMetrics } from '@sokker/server';
import type { Metric, Registry } from 'prom-client';
import { FAMILIES, type Family, type Sample } from './families.js';

interface Source {
  metrics(): ServerMetrics;
}

/**
 * Shows the metrics of a server in a registry of prom-client, or of several, whose names stand in the label `server`: a
 * registry takes each family once, so several are given together. Nothing is counted twice: a scrape reads
 * `server.metrics()`, once for all families, so that its numbers belong together.
 */
export function collect(
  servers: Source | Readonly<Record<string, Source>>,
  registry: Pick<Registry, 'registerMetric'>,
): void {
  const collectors = isSource(servers)
    ? [new Collector(servers, {})]
    : Object.entries(servers).map(([server, source]) => new Collector(source, { server }));
  for (const family of FAMILIES) {
    // A registry calls no more of a metric than this; its type names the classes that prom-client comes with.
    registry.registerMetric(new CollectedMetric(family, collectors) as unknown as Metric);
  }
}

function isSource(servers: Source | Readonly<Record<string, Source>>): servers is Source {
  return typeof servers.metrics === 'function';
}

class Collector {
  readonly #server: Source;
  readonly #labels: Sample['labels'];
  #metrics: ServerMetrics | undefined;

  constructor(server: Source, labels: Sample['labels']) {
    this.#server = server;
    this.#labels = labels;
  }

  samples(family: Family['samples']): Sample[] {
    return family(this.#read()).map((sample) => ({ ...sample, labels: { ...this.#labels, ...sample.labels } }));
  }

  /** One object for all that ask in the same turn, as a registry does. */
  #read(): ServerMetrics {
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
  readonly #collectors: readonly Collector[];

  constructor({ name, help, type, samples }: Family, collectors: readonly Collector[]) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.#samples = samples;
    this.#collectors = collectors;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    const values = this.#collectors.flatMap((collector) => collector.samples(this.#samples));
    return { name, help, type, aggregator, values };
  }

  /** What a server counted stays counted. */
  reset(): void {}
}
