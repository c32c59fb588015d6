/** The others: well-behaved clients in a process of their own, who must not notice what one peer does to the server. */
import { Echoes, type Round } from './echoes.js';
import { median } from './measure.js';
import { openPeers } from './peer.js';
import type { Claim } from './verdict.js';
import { sleep, until } from './waiting.js';

export interface OthersSetup {
  readonly port: number;
  readonly count: number;
  /** How often each sends a message that the server echoes: milliseconds. */
  readonly everyMs: number;
}

export interface Experience extends Round {
  /** Connections that are open. */
  readonly open: number;
}

export interface OthersMethods {
  start(): void;
  stop(): Promise<Experience>;
  experience(ms: number): Promise<Experience>;
  [method: string]: (...args: never[]) => unknown;
}

const MESSAGE_BYTES = 32;
/** How long the last echoes of a round are waited for. */
const LATE_MS = 5000;

/** An actor: opens `count` connections and, when told to, measures how long echoes take on them. */
export async function others({ port, count, everyMs }: OthersSetup): Promise<OthersMethods> {
  const echoes = new Echoes();
  let timer: NodeJS.Timeout | undefined;
  const peers = await openPeers(port, count, {
    onFrame: ({ payload }) => echoes.came(payload.readDoubleBE(0), performance.now()),
  });
  const turn = roundRobin(count, count / everyMs, (peer) => {
    const message = Buffer.alloc(MESSAGE_BYTES);
    message.writeDoubleBE(echoes.sent(performance.now()));
    peers[peer]?.send(message);
  });
  const start = (): void => {
    turn.restart();
    timer = setInterval(turn.send, 1);
  };
  const stop = async (): Promise<Experience> => {
    clearInterval(timer);
    await until(() => echoes.missing === 0, LATE_MS);
    return { ...echoes.end(performance.now()), open: peers.filter(({ socket }) => !socket.destroyed).length };
  };
  const experience = async (ms: number): Promise<Experience> => {
    start();
    await sleep(ms);
    return stop();
  };
  return { start, stop, experience };
}

/** Has one peer send after the other, so many per millisecond, and catches up after a pause. */
function roundRobin(
  peers: number,
  perMs: number,
  sendOn: (peer: number) => void,
): { restart: () => void; send: () => void } {
  let sent = 0;
  let since = 0;
  let next = 0;
  const restart = (): void => {
    sent = 0;
    since = performance.now();
  };
  const send = (): void => {
    const due = Math.min((performance.now() - since) * perMs, sent + peers);
    for (; sent < due; sent++) sendOn(next++ % peers);
  };
  return { restart, send };
}

export interface Comparison {
  readonly without: readonly Experience[];
  readonly with: readonly Experience[];
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
  const comparison = { without: [] as Experience[], with: [] as Experience[] };
  for (let round = 0; round < rounds; round++) {
    comparison.without.push(await call.experience(calmMs));
    await call.start();
    await attack(round);
    comparison.with.push(await call.stop());
  }
  return comparison;
}

/**
 * What the fault adds to the others' p99, as a claim: the median of the rounds with it against the median without. What
 * the fault itself does shows in most rounds; what the machine does beside it, in some.
 */
export function undisturbed(compared: Comparison, atMost: number): Claim {
  const p99Ms = (rounds: readonly Experience[]): number => median(rounds.map((round) => round.p99Ms));
  const [without, during] = [p99Ms(compared.without), p99Ms(compared.with)] as const;
  return {
    asserted: `the others' p99, above what it is without (median of ${compared.with.length} rounds)`,
    figure: Math.max(0, during - without),
    unit: 'ms',
    atMost,
    beside: `${during.toFixed(1)} with, ${without.toFixed(1)} without`,
  };
}

/** That none of `count` was left out, in whatever round: each message came back, and each connection is still there. */
export function served({ with: rounds }: Comparison, count: number): Claim {
  const sum = (pick: (round: Experience) => number): number => rounds.reduce((total, round) => total + pick(round), 0);
  return {
    asserted: "the others' echoes that did not come, and connections that ended",
    figure: sum(({ missing }) => missing) + sum(({ open }) => count - open),
    equals: 0,
    beside: `${sum(({ echoes }) => echoes)} came`,
  };
}
