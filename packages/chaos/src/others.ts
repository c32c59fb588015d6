/** The others: well-behaved clients in a process of their own, who must not notice what one peer does to the server. */
import { percentile } from './measure.js';
import { openPeers, type Peer } from './peer.js';
import type { Claim } from './verdict.js';
import { sleep } from './waiting.js';

export interface OthersSetup {
  readonly port: number;
  readonly count: number;
  /** How often each sends a message that the server echoes: milliseconds. */
  readonly everyMs: number;
}

export interface Experience {
  readonly echoes: number;
  readonly p99Ms: number;
  /** Connections that are open. */
  readonly open: number;
}

export interface OthersMethods {
  start(): void;
  stop(): Experience;
  experience(ms: number): Promise<Experience>;
  [method: string]: (...args: never[]) => unknown;
}

const STAMP_BYTES = 32;

/** An actor: opens `count` connections and, when told to, measures how long echoes take on them. */
export async function others({ port, count, everyMs }: OthersSetup): Promise<OthersMethods> {
  let times: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const peers = await openPeers(port, count, {
    onFrame: ({ payload }) => void times.push(performance.now() - payload.readDoubleBE(0)),
  });
  const turn = roundRobin(peers, count / everyMs);
  const start = (): void => {
    times = [];
    turn.restart();
    timer = setInterval(turn.send, 1);
  };
  const stop = (): Experience => {
    clearInterval(timer);
    const open = peers.filter(({ socket }) => !socket.destroyed).length;
    return { echoes: times.length, p99Ms: percentile(times, 0.99), open };
  };
  const experience = async (ms: number): Promise<Experience> => {
    start();
    await sleep(ms);
    return stop();
  };
  return { start, stop, experience };
}

/** Sends on one peer after the other, so many per millisecond, and catches up after a pause. */
function roundRobin(peers: readonly Peer[], perMs: number): { restart: () => void; send: () => void } {
  let sent = 0;
  let since = 0;
  let next = 0;
  const restart = (): void => {
    sent = 0;
    since = performance.now();
  };
  const send = (): void => {
    const due = Math.min((performance.now() - since) * perMs, sent + peers.length);
    for (; sent < due; sent++) {
      const stamp = Buffer.alloc(STAMP_BYTES);
      stamp.writeDoubleBE(performance.now());
      peers[next++ % peers.length]?.send(stamp);
    }
  };
  return { restart, send };
}

export interface Comparison {
  readonly without: readonly number[];
  readonly with: readonly number[];
}

/** Measures the others in turn without the fault and with it, so that what disturbs the machine disturbs both. */
export async function compare(
  {
    call,
  }: {
    readonly call: { start(): Promise<void>; stop(): Promise<Experience>; experience(ms: number): Promise<Experience> };
  },
  rounds: number,
  calmMs: number,
  attack: (round: number) => Promise<void>,
): Promise<Comparison> {
  const comparison = { without: [] as number[], with: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    comparison.without.push((await call.experience(calmMs)).p99Ms);
    await call.start();
    await attack(round);
    comparison.with.push((await call.stop()).p99Ms);
  }
  return comparison;
}

/**
 * What the fault adds to the others' p99, as a claim: the least of the rounds with it against the least without. What
 * the fault itself does shows in every round; what the machine does beside it, in some.
 */
export function undisturbed(compared: Comparison, atMost: number): Claim {
  const [without, during] = [Math.min(...compared.without), Math.min(...compared.with)];
  return {
    asserted: `the others' p99, above what it is without (least of ${compared.with.length} rounds)`,
    figure: Math.max(0, during - without),
    unit: 'ms',
    atMost,
    beside: `${during.toFixed(1)} with, ${without.toFixed(1)} without`,
  };
}
