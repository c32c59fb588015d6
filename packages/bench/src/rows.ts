/** The rows of the table: what is measured, against whom, and where Sokker has to stand. */
import type { Traffic } from './load/jobs.js';
import type { PeerName } from './peers.js';

export interface Bar {
  readonly against: PeerName;
  /** Ratio, smaller is better: the bar, and the aim. */
  readonly atMost: number;
  readonly aim: number;
}

interface RowBase {
  /** Stable name, matched by --only. */
  readonly id: string;
  readonly title: string;
  readonly unit: 'µs' | 'KiB' | 'ns' | '×';
  /** Interleaved rounds of a full run. */
  readonly rounds: number;
  readonly subject: PeerName;
  readonly peers: readonly PeerName[];
  readonly bars: readonly Bar[];
}

export interface EchoRow extends RowBase {
  readonly kind: 'echo';
  readonly traffic: Traffic;
  readonly connections: number;
  readonly inFlight: number;
}
export interface BroadcastRow extends RowBase {
  readonly kind: 'broadcast';
  readonly traffic: Traffic;
  readonly connections: number;
}
export interface ReopenRow extends RowBase {
  readonly kind: 'reopen';
}
export interface OpenRow extends RowBase {
  readonly kind: 'open';
  readonly connections: number;
}
export interface FirstMessageRow extends RowBase {
  readonly kind: 'first-message';
}
export interface MemoryRow extends RowBase {
  readonly kind: 'memory';
  readonly traffic: Traffic;
  readonly connections: number;
  readonly echo: boolean;
}
export interface GrowthRow extends RowBase {
  readonly kind: 'growth';
  readonly traffic: Traffic;
  readonly from: number;
  readonly to: number;
}
export type ServerRow = EchoRow | BroadcastRow | ReopenRow | OpenRow | FirstMessageRow | MemoryRow | GrowthRow;

const ROUNDS = 7;
/** Most of a message in flight alone, of any size, and of a connection opened and closed is the kernel's time: noisy. */
const NOISY_ROUNDS = 15;
/** The fewest that give an interval of 95 %: each round starts a server and opens thousands of connections. */
const MEMORY_ROUNDS = 6;
const SMALL: Traffic = { kind: 'ascii', bytes: 125 };
const JSON_1K: Traffic = { kind: 'json', bytes: 1024, deflate: true };
const EVERYONE = ['net', 'ws', 'ws-native', 'bun', 'sokker', 'sokker-raw'] as const;
const COMPRESSING = ['ws', 'bun', 'sokker'] as const;

function bar(against: PeerName, atMost: number, aim: number): Bar {
  return { against, atMost, aim };
}

function echo(
  id: string,
  title: string,
  load: Pick<EchoRow, 'traffic' | 'connections' | 'inFlight'>,
  rest: Pick<EchoRow, 'bars'> & Partial<EchoRow>,
): EchoRow {
  return { kind: 'echo', id, title, unit: 'µs', rounds: ROUNDS, subject: 'sokker', peers: EVERYONE, ...load, ...rest };
}

function memory(connections: number, echo: boolean, bars: readonly Bar[]): MemoryRow {
  return {
    kind: 'memory',
    id: `memory-${connections}-${echo ? 'after-echo' : 'idle'}`,
    title: `memory per connection at ${connections}, ${echo ? 'idle after one echo' : 'idle from the start'}`,
    unit: 'KiB',
    rounds: MEMORY_ROUNDS,
    subject: 'sokker',
    peers: ['net', 'ws', 'bun', 'sokker', 'sokker-raw'],
    traffic: SMALL,
    connections,
    echo,
    bars,
  };
}

function reopen(id: string, title: string, subject: PeerName, bars: readonly Bar[]): ReopenRow {
  const peers: PeerName[] = ['net', 'ws', 'bun', subject];
  return { kind: 'reopen', id, title, unit: 'µs', rounds: NOISY_ROUNDS, subject, peers, bars };
}

const OWN_ROWS: readonly ServerRow[] = [
  echo(
    'echo-125-1',
    '125 B echo, 1 in flight',
    { traffic: SMALL, connections: 64, inFlight: 1 },
    {
      rounds: NOISY_ROUNDS,
      bars: [bar('ws', 0.87, 0.78), bar('net', 1.12, 1.05)],
    },
  ),
  echo(
    'echo-125-32',
    '125 B echo, 32 in flight',
    { traffic: SMALL, connections: 64, inFlight: 32 },
    {
      bars: [bar('ws', 0.12, 0.085), bar('bun', 1.4, 1.0)],
    },
  ),
  echo(
    'echo-1k-binary',
    '1 KiB binary echo',
    { traffic: { kind: 'binary', bytes: 1024 }, connections: 64, inFlight: 16 },
    {
      bars: [bar('ws', 0.22, 0.15), bar('bun', 1.6, 1.0)],
    },
  ),
  echo(
    'echo-1k-utf8',
    '1 KiB non-ASCII text echo',
    { traffic: { kind: 'utf8', bytes: 1024 }, connections: 64, inFlight: 16 },
    {
      bars: [bar('ws', 0.25, 0.2)],
    },
  ),
  echo(
    'echo-16k-binary',
    '16 KiB binary echo',
    { traffic: { kind: 'binary', bytes: 16_384 }, connections: 16, inFlight: 4 },
    {
      bars: [bar('ws-native', 0.85, 0.7), bar('bun', 1.0, 0.85)],
    },
  ),
  echo(
    'echo-1m-binary',
    '1 MiB binary echo',
    { traffic: { kind: 'binary', bytes: 1_048_576 }, connections: 4, inFlight: 1 },
    {
      rounds: NOISY_ROUNDS,
      bars: [bar('ws-native', 1.0, 0.85), bar('bun', 1.2, 1.0)],
    },
  ),
  {
    kind: 'broadcast',
    id: 'broadcast-125',
    title: 'broadcast of 125 B to 500, per delivery',
    unit: 'µs',
    rounds: ROUNDS,
    subject: 'sokker',
    peers: ['net', 'ws', 'bun', 'sokker'],
    traffic: SMALL,
    connections: 500,
    bars: [bar('ws', 0.82, 0.65), bar('net', 1.25, 1.0)],
  },
  echo(
    'echo-1k-deflate',
    'deflated echo of 1 KiB JSON',
    { traffic: JSON_1K, connections: 64, inFlight: 4 },
    {
      peers: COMPRESSING,
      bars: [bar('ws', 0.33, 0.25), bar('bun', 1.25, 1.0)],
    },
  ),
  {
    kind: 'broadcast',
    id: 'broadcast-1k-deflate',
    title: 'deflated broadcast of 1 KiB JSON to 500, per delivery',
    unit: 'µs',
    rounds: ROUNDS,
    subject: 'sokker',
    peers: COMPRESSING,
    traffic: JSON_1K,
    connections: 500,
    bars: [bar('ws', 0.16, 0.12), bar('bun', 0.3, 0.25)],
  },
  reopen('reopen', 'a connection opened and closed, server standing alone', 'sokker', [bar('ws', 0.65, 0.55)]),
  reopen('reopen-attached', 'a connection opened and closed, attached to `node:http`', 'sokker-attached', [
    bar('ws', 0.97, 0.9),
  ]),
  memory(2_000, false, []),
  memory(2_000, true, []),
  memory(10_000, false, [bar('ws', 0.95, 0.8)]),
  memory(10_000, true, [bar('ws', 0.9, 0.75)]),
  {
    kind: 'open',
    id: 'open',
    title: '2 000 connections opened, wall time each',
    unit: 'µs',
    rounds: ROUNDS,
    subject: 'sokker',
    peers: ['net', 'ws', 'bun', 'sokker'],
    connections: 2_000,
    bars: [],
  },
  {
    kind: 'first-message',
    id: 'first-message',
    title: 'time to the first message, from dialling',
    unit: 'µs',
    rounds: NOISY_ROUNDS,
    subject: 'sokker',
    peers: ['net', 'ws', 'bun', 'sokker'],
    bars: [],
  },
  {
    kind: 'growth',
    id: 'growth',
    title: '125 B echo at 10 000 connections over the same at 100',
    unit: '×',
    // A round takes ten times as long as one of an echo: no more, though it is as noisy.
    rounds: ROUNDS,
    subject: 'sokker',
    peers: ['net', 'ws', 'bun', 'sokker'],
    traffic: SMALL,
    from: 100,
    to: 10_000,
    bars: [],
  },
];

/** Those in which `@sokker/ws` is measured in the place of `ws`, with the same program. */
const DROP_IN: readonly string[] = [
  'echo-125-1',
  'echo-125-32',
  'broadcast-125',
  'reopen-attached',
  'memory-10000-after-echo',
];

export const SERVER_ROWS: readonly ServerRow[] = [
  ...OWN_ROWS,
  ...OWN_ROWS.filter(({ id }) => DROP_IN.includes(id)).map((row): ServerRow => {
    const title = `\`@sokker/ws\`: ${row.title}`;
    return { ...row, id: `drop-in-${row.id}`, title, subject: 'sokker-ws', peers: ['ws', 'sokker-ws'], bars: [] };
  }),
];
