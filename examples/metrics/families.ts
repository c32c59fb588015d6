// What Prometheus gets to see of a server: names and units as its conventions have them, counted since the start.
import type { HistogramValues, ServerMetrics } from '@sokker/server';

export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Where it is not the name of the family: the parts of a histogram. */
  readonly metricName?: string;
}

/** Metrics of one name. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: (metrics: ServerMetrics) => Sample[];
}

export const FAMILIES: readonly Family[] = [
  gauge('sokker_connections', 'Open connections.', ({ connections }) => connections),
  gauge('sokker_handshakes', 'Opening handshakes under way.', ({ handshakes }) => handshakes),
  gauge('sokker_topics', 'Topics that have subscribers.', ({ topics }) => topics),
  gauge('sokker_retained_bytes', 'Memory that messages take, in and out.', ({ retainedBytes }) => retainedBytes),
  counter('sokker_received_bytes_total', 'Bytes read from open WebSockets.', ({ traffic }) =>
    plain(traffic.bytesReceived),
  ),
  counter('sokker_messages_received_total', 'Whole messages received.', ({ traffic }) =>
    plain(traffic.messagesReceived),
  ),
  counter('sokker_sent_bytes_total', 'Bytes handed to the sockets of open WebSockets.', ({ traffic }) =>
    plain(traffic.bytesSent),
  ),
  counter('sokker_messages_sent_total', 'Messages that a connection took.', ({ traffic }) =>
    plain(traffic.messagesSent),
  ),
  counter('sokker_decisions_total', 'What the server decided.', ({ decisions }) => labelled('decision', decisions)),
  counter('sokker_refusals_total', 'Refused opening handshakes.', ({ refusals }) => labelled('code', refusals)),
  counter('sokker_refusals_by_status_total', 'The same, by the status that answered.', ({ refusalStatuses }) =>
    labelled('status', refusalStatuses),
  ),
  counter(
    'sokker_closes_total',
    'Ended connections by close code; behind 64 private ones under 3000 or 4000.',
    ({ closes }) => labelled('code', closes),
  ),
  counter('sokker_errors_total', 'Errors.', ({ errors }) => labelled('code', errors)),
  histogram('sokker_handshake_seconds', 'From the socket to the 101.', ({ histograms }) => histograms.handshakeMs),
  histogram('sokker_ping_seconds', 'Round trips of heartbeats.', ({ histograms }) => histograms.pingMs),
  histogram('sokker_lifetime_seconds', 'How long connections lived.', ({ histograms }) => histograms.lifetimeMs),
];

function gauge(name: string, help: string, read: (metrics: ServerMetrics) => number): Family {
  return { name, help, type: 'gauge', samples: (metrics) => plain(read(metrics)) };
}

function counter(name: string, help: string, samples: Family['samples']): Family {
  return { name, help, type: 'counter', samples };
}

/** Ours are milliseconds; Prometheus has seconds. The buckets are cumulative on both sides. */
function histogram(name: string, help: string, read: (metrics: ServerMetrics) => HistogramValues): Family {
  const samples = (metrics: ServerMetrics): Sample[] => {
    const { buckets, count, sum } = read(metrics);
    return [
      ...buckets.map(({ le, count: value }) => ({ metricName: `${name}_bucket`, labels: { le: bound(le) }, value })),
      { metricName: `${name}_sum`, labels: {}, value: sum / 1000 },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
  };
  return { name, help, type: 'histogram', samples };
}

function bound(milliseconds: number): string {
  return milliseconds === Infinity ? '+Inf' : String(milliseconds / 1000);
}

function plain(value: number): Sample[] {
  return [{ value, labels: {} }];
}

function labelled(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([name, value]) => ({ value, labels: { [label]: name } }));
}
