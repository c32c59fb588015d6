// Turns the counters of a server into what happened within the last second and the last minute.
import type { HistogramValues, ServerMetrics, SokkerServer } from '@sokker/server';
import { Incidents } from './incidents.js';
import type { Latency, Point, Rates, Snapshot } from './snapshot.js';

/** Snapshots that are kept: five minutes of seconds. */
const KEPT_POINTS = 300;
const LATENCY_WINDOW = 60;

export class Observer {
  readonly #server: SokkerServer;
  readonly #now: () => number;
  readonly #incidents: Incidents;
  readonly #points: Point[] = [];
  /** Of the last minute, oldest first. */
  readonly #pings: HistogramValues[] = [];
  #before: ServerMetrics;
  #lookedAt: number;

  /** @param now milliseconds since 1970 */
  constructor(server: SokkerServer, now: () => number) {
    this.#server = server;
    this.#now = now;
    this.#incidents = new Incidents(server, now);
    this.#before = server.metrics();
    this.#lookedAt = now();
  }

  /** What the curves showed so far, oldest first. */
  get points(): readonly Point[] {
    return this.#points;
  }

  /** Looks at the server; to be called about once a second. */
  look(): Snapshot {
    const at = this.#now();
    const metrics = this.#server.metrics();
    const rates = ratesBetween(this.#before, metrics, (at - this.#lookedAt) / 1000);
    this.#before = metrics;
    this.#lookedAt = at;
    const { connections, handshakes, retainedBytes, closes, refusals } = metrics;
    keep(this.#points, { at, connections, retainedBytes, rates }, KEPT_POINTS);
    const latency = this.#latencyOf(metrics.histograms.pingMs);
    const { slow, recent: events } = this.#incidents;
    return { at, connections, handshakes, retainedBytes, rates, latency, closes, refusals, slow, events };
  }

  stop(): void {
    this.#incidents.stop();
  }

  /** The histogram counts from the beginning: what it had a minute ago is taken off. */
  #latencyOf(pings: HistogramValues): Latency {
    const old = this.#pings[0];
    keep(this.#pings, pings, LATENCY_WINDOW);
    let below = 0;
    const buckets = pings.buckets.map(({ le, count }, index) => {
      const upTo = count - (old?.buckets[index]?.count ?? 0);
      const own = upTo - below;
      below = upTo;
      return { le: Number.isFinite(le) ? le : null, count: own };
    });
    return { buckets, count: below };
  }
}

function ratesBetween(before: ServerMetrics, now: ServerMetrics, seconds: number): Rates {
  const per = (older: number, newer: number): number => (seconds > 0 ? (newer - older) / seconds : 0);
  return {
    messagesIn: per(before.traffic.messagesReceived, now.traffic.messagesReceived),
    messagesOut: per(before.traffic.messagesSent, now.traffic.messagesSent),
    bytesIn: per(before.traffic.bytesReceived, now.traffic.bytesReceived),
    bytesOut: per(before.traffic.bytesSent, now.traffic.bytesSent),
    opened: per(before.decisions.open, now.decisions.open),
    closed: per(before.decisions.close, now.decisions.close),
    dropped: per(before.decisions.drop, now.decisions.drop),
  };
}

function keep<Item>(items: Item[], item: Item, most: number): void {
  items.push(item);
  if (items.length > most) items.shift();
}
