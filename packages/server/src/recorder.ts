import type { HandshakeError } from '@sokker/handshake';
import { channels, DECISIONS, type Decision } from './channels.js';
import { CloseCounts } from './close-counts.js';
import type { DecisionMessages } from './decision-messages.js';
import { Histogram, type HistogramValues } from './histogram.js';

/** Upper bounds of the buckets: milliseconds. */
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
const BOUNDS_LIFE_MS = [1000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000];

/** What was counted since the server was made. */
export interface Recorded {
  /** How often each decision was taken; `DECISIONS` says what they are. */
  readonly decisions: Readonly<Record<Decision, number>>;
  /** Refused opening handshakes by the `code` of the error. */
  readonly refusals: Readonly<Record<string, number>>;
  /** The same by the HTTP status of the answer: each `reject` of the application has the code `ERR_SOKKER_REFUSED`. */
  readonly refusalStatuses: Readonly<Record<number, number>>;
  /**
   * Ended connections by close code; from 3000 on, codes behind the first 64 count under 3000 or 4000, so that peers
   * cannot make more.
   */
  readonly closes: Readonly<Record<number, number>>;
  /** Errors by their `code`; `other` for those without one. */
  readonly errors: Readonly<Record<string, number>>;
  readonly histograms: Readonly<Record<HistogramName, HistogramValues>>;
}

/** handshakeMs: from the socket to the 101. pingMs: round trips of heartbeats. lifetimeMs: of connections that ended. */
export type HistogramName = 'handshakeMs' | 'pingMs' | 'lifetimeMs';

/** What passed over all connections, since the server was made. */
export interface Traffic {
  /** Bytes read from sockets that are open WebSockets, framing included. */
  readonly bytesReceived: number;
  readonly messagesReceived: number;
  /** Bytes handed to these sockets, framing included; the answer to the opening handshake is not. */
  readonly bytesSent: number;
  /** Messages that a connection took, streams as they are given to it; a broadcast counts once for each. */
  readonly messagesSent: number;
}

/** What is published of a decision, beside whose it is. */
type Details<Name extends Decision> = Omit<DecisionMessages[Name], 'server'>;

/** Counts and publishes what a server decides. */
export class Recorder {
  readonly traffic = { bytesReceived: 0, messagesReceived: 0, bytesSent: 0, messagesSent: 0 };
  readonly #server: object;
  readonly #decisions = new Map<Decision, number>((Object.keys(DECISIONS) as Decision[]).map((name) => [name, 0]));
  readonly #refusals = new Map<string, number>();
  readonly #refusalStatuses = new Map<number, number>();
  readonly #closes = new CloseCounts();
  readonly #errors = new Map<string, number>();
  readonly #histograms: Readonly<Record<HistogramName, Histogram>> = {
    handshakeMs: new Histogram(BOUNDS_MS),
    pingMs: new Histogram(BOUNDS_MS),
    lifetimeMs: new Histogram(BOUNDS_LIFE_MS),
  };

  constructor(server: object) {
    this.#server = server;
  }

  record<Name extends Decision>(decision: Name, details: Details<Name>): void {
    count(this.#decisions, decision);
    const channel = channels[decision];
    if (channel.hasSubscribers) channel.publish({ server: this.#server, ...details });
  }

  refused(error: HandshakeError, details: Omit<Details<'refuse'>, 'error'>): void {
    count(this.#refusals, codeOf(error));
    // As it is answered: see `refuse` of @sokker/handshake.
    count(this.#refusalStatuses, error.status ?? 400);
    this.record('refuse', { error, ...details });
  }

  closed(details: Details<'close'>): void {
    this.#closes.add(details.record.code);
    this.record('close', details);
  }

  failed(details: Details<'error'>): void {
    count(this.#errors, codeOf(details.error));
    this.record('error', details);
  }

  measure(name: HistogramName, value: number): void {
    this.#histograms[name].add(value);
  }

  values(): Recorded {
    const { handshakeMs, pingMs, lifetimeMs } = this.#histograms;
    return {
      decisions: Object.fromEntries(this.#decisions) as Record<Decision, number>,
      refusals: Object.fromEntries(this.#refusals),
      refusalStatuses: Object.fromEntries(this.#refusalStatuses),
      closes: this.#closes.values(),
      errors: Object.fromEntries(this.#errors),
      histograms: {
        handshakeMs: handshakeMs.values(),
        pingMs: pingMs.values(),
        lifetimeMs: lifetimeMs.values(),
      },
    };
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Codes are names of ours or of Node's, finite in number; anything else counts as one. */
function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'other';
}
