import { prepare, Prepared, type Bytes } from '@sokker/connection';
import type { MessageType } from '@sokker/frame';
import type { Offered, ServerConnection } from './server-connection.js';

export interface BroadcastOptions<Context = unknown> {
  /** A topic, or connections; default: every client. */
  to?: string | Iterable<ServerConnection<Context>> | undefined;
  /** Who is left out: a connection, or several. */
  except?: ServerConnection<Context> | Iterable<ServerConnection<Context>> | undefined;
  /** With the policy 'keep-latest': where a message waits under this key, it gives up its place to this one. */
  key?: string | undefined;
  /** Default: text for a string, binary for bytes. */
  type?: MessageType | undefined;
  /** Whether a negotiated extension may compress it; default true. */
  compress?: boolean | undefined;
}

/** What became of a broadcast; `sent` and `dropped` add up to the number of recipients. */
export interface BroadcastReport {
  /** Connections that took the message. */
  readonly sent: number;
  /** Those among them that are behind: it waits. */
  readonly slow: number;
  /** Connections for which it was dropped, or which are closing. */
  readonly dropped: number;
}

/** Sends one message to many; it is encoded once. */
export function broadcastTo<Context>(
  recipients: Iterable<ServerConnection<Context>>,
  data: string | Bytes | Prepared,
  { except, key, type, compress }: BroadcastOptions<Context>,
): BroadcastReport {
  const message = data instanceof Prepared ? data : prepare(data, { type });
  const left = exceptions(except);
  const counts: Record<Offered, number> = { sent: 0, queued: 0, dropped: 0 };
  // A copy: whoever is told of a slow connection may join, leave and close meanwhile.
  for (const connection of [...recipients]) {
    if (!left.has(connection)) counts[connection.offer(message, { key, compress })]++;
  }
  return { sent: counts.sent + counts.queued, slow: counts.queued, dropped: counts.dropped };
}

function exceptions<Context>(except: BroadcastOptions<Context>['except']): ReadonlySet<unknown> {
  if (except === undefined) return NOBODY;
  return Symbol.iterator in except ? new Set<unknown>(except) : new Set<unknown>([except]);
}

const NOBODY: ReadonlySet<unknown> = new Set();
