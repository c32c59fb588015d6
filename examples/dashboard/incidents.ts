// Listens in on what a server decides, through node:diagnostics_channel: the server need not know.
import {
  channels,
  printable,
  type Decision,
  type DecisionMessages,
  type ServerConnection,
  type SokkerServer,
} from '@sokker/server';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Incident, SlowConsumer } from './snapshot.js';

interface Slow {
  readonly since: number;
  readonly policy: string;
  droppedMessages: number;
}

const MAX_INCIDENTS = 40;
/** Ends that nobody need look at. */
const USUAL_CODES: readonly number[] = [1000, 1001, 1005];
const TOLD = {
  unresponsive: 'answered no Ping',
  idle: 'had nothing to say',
  expire: 'was open for long enough',
  stall: 'did not finish its message',
  overBudget: 'held most of the memory',
} as const satisfies Partial<Record<Decision, string>>;

/** Slow consumers, and the last things that went wrong. */
export class Incidents {
  readonly #server: SokkerServer;
  readonly #now: () => number;
  readonly #slow = new Map<ServerConnection, Slow>();
  readonly #names = new WeakMap<ServerConnection, string>();
  readonly #subscriptions = new Map<Decision, (message: unknown) => void>();
  #incidents: Incident[] = [];
  #count = 0;

  constructor(server: SokkerServer, now: () => number) {
    this.#server = server;
    this.#now = now;
    this.#hear('slow', (decided) => this.#onSlow(decided));
    this.#hear('drop', ({ connection }) => this.#onDrop(connection));
    this.#hear('close', (decided) => this.#onClose(decided));
    this.#hear('refuse', ({ error, remoteAddress }) =>
      this.#add('refused', `${remoteAddress ?? '?'}: ${wordOf(error)}`),
    );
    this.#hear('error', ({ error, connection }) => this.#add('error', `${this.#nameOf(connection)}: ${wordOf(error)}`));
    for (const decision of Object.keys(TOLD) as (keyof typeof TOLD)[]) {
      this.#hear(decision, ({ connection }) => this.#add(decision, `${this.#nameOf(connection)} ${TOLD[decision]}`));
    }
  }

  /** Newest first. */
  get recent(): readonly Incident[] {
    return this.#incidents;
  }

  /** Those that have not recovered, the most loaded first. */
  get slow(): SlowConsumer[] {
    for (const [connection] of this.#slow) if (connection.bufferedBytes === 0) this.#slow.delete(connection);
    const all = [...this.#slow].map(([connection, { since, policy, droppedMessages }]) => {
      return {
        name: this.#nameOf(connection),
        since,
        policy,
        droppedMessages,
        bufferedBytes: connection.bufferedBytes,
      };
    });
    return all.sort((a, b) => b.bufferedBytes - a.bufferedBytes);
  }

  stop(): void {
    for (const [decision, listener] of this.#subscriptions) unsubscribe(channels[decision].name, listener);
  }

  #hear<Name extends Decision>(decision: Name, listener: (decided: DecisionMessages[Name]) => void): void {
    const onMessage = (message: unknown): void => {
      const decided = message as DecisionMessages[Name];
      if (decided.server === this.#server) listener(decided);
    };
    subscribe(channels[decision].name, onMessage);
    this.#subscriptions.set(decision, onMessage);
  }

  #onSlow({ connection, bufferedBytes, policy }: DecisionMessages['slow']): void {
    // Where messages are dropped it is told again and again: once is enough, until it has caught up.
    if (this.#slow.has(connection)) return;
    this.#slow.set(connection, { since: this.#now(), policy, droppedMessages: 0 });
    this.#add('slow', `${this.#nameOf(connection)}: ${Math.round(bufferedBytes / 1024)} KiB wait for it`);
  }

  #onDrop(connection: ServerConnection): void {
    const slow = this.#slow.get(connection);
    if (slow !== undefined) slow.droppedMessages++;
  }

  #onClose({ connection, record }: DecisionMessages['close']): void {
    this.#slow.delete(connection);
    if (USUAL_CODES.includes(record.code)) return;
    const reason = record.reason === '' ? '' : `, “${printable(record.reason, 60)}”`;
    this.#add('closed', `${this.#nameOf(connection)}: ${record.code}${reason}`);
  }

  #add(kind: string, text: string): void {
    this.#incidents = [{ at: this.#now(), kind, text }, ...this.#incidents.slice(0, MAX_INCIDENTS - 1)];
  }

  /** Addresses alone would not tell two tabs apart. */
  #nameOf(connection: ServerConnection | undefined): string {
    if (connection === undefined) return 'the server';
    let name = this.#names.get(connection);
    if (name === undefined) {
      name = `${connection.remoteAddress ?? 'unix socket'} #${++this.#count}`;
      this.#names.set(connection, name);
    }
    return name;
  }
}

function wordOf(error: Error): string {
  return printable(error.message, 120);
}
