import { prepare, Prepared, type Bytes } from '@sokker/connection';
import { readOptions, shown, UsageError } from '@sokker/frame';
import { BROADCAST_OPTIONS, type BroadcastOptions } from './broadcast-options.js';
import type { Offered } from './home.js';
import { ServerConnection } from './server-connection.js';
import type { Topics } from './topics.js';

/** What became of a broadcast; `sent` and `dropped` add up to the number of recipients. */
export interface BroadcastReport {
  /** Connections that took the message. */
  readonly sent: number;
  /** Those among them that are behind: it waits. */
  readonly slow: number;
  /** Connections for which it was dropped, or which are closing; older messages that gave way to it are not counted. */
  readonly dropped: number;
}

/** Where those are that a broadcast may go to. */
export interface Audience<Context> {
  readonly view: ReadonlySet<ServerConnection<Context>>;
  readonly topics: Topics<ServerConnection<Context>>;
}

/** @throws UsageError `ERR_SOKKER_OPTION` */
export function broadcastSettings<Context>(options: BroadcastOptions<Context>): BroadcastOptions<Context> {
  return readOptions('broadcast', BROADCAST_OPTIONS, options);
}

/**
 * Whom it goes to, as they are now: whoever is told of a slow connection may join, leave and close meanwhile.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function audienceOf<Context>(
  { view, topics }: Audience<Context>,
  { to, except }: BroadcastOptions<Context>,
): ServerConnection<Context>[] {
  const named = typeof to === 'string' ? topics.of(to) : to && connectionsIn('to', to);
  const all = [...(named ?? view)];
  if (except === undefined) return all;
  const left = typeof except === 'string' ? topics.of(except) : exceptions(except);
  return all.filter((connection) => !left.has(connection));
}

/** Sends one message to many; it is encoded once. The options have been checked. */
export function broadcastTo<Context>(
  recipients: readonly ServerConnection<Context>[],
  data: string | Bytes | Prepared,
  { key, type, compress }: BroadcastOptions<Context>,
): BroadcastReport {
  const message = data instanceof Prepared ? data : prepare(data, { type });
  const counts: Record<Offered, number> = { sent: 0, queued: 0, dropped: 0 };
  for (const connection of recipients) counts[connection.offer(message, { key, compress })]++;
  return { sent: counts.sent + counts.queued, slow: counts.queued, dropped: counts.dropped };
}

function exceptions<Context>(
  except: ServerConnection<Context> | Iterable<ServerConnection<Context>>,
): ReadonlySet<ServerConnection<Context>> {
  return new Set(except instanceof ServerConnection ? [except] : connectionsIn('except', except));
}

/** A copy: what is iterated may be there only once. */
function connectionsIn<Context>(
  option: 'to' | 'except',
  given: Iterable<ServerConnection<Context>>,
): readonly ServerConnection<Context>[] {
  const all = [...given];
  for (const each of all as readonly unknown[]) {
    if (each instanceof ServerConnection) continue;
    const rule = `${option} must be ${BROADCAST_OPTIONS[option].expected}, not of ${shown(each)}`;
    const instead = "for several topics give new Set([...server.topic('a'), ...server.topic('b')])";
    throw new UsageError('ERR_SOKKER_OPTION', `broadcast: ${rule}: ${instead}`);
  }
  return all;
}
