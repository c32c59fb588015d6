import { Message } from '@sokker/frame';
import { compact, ITEM_BYTES } from './bytes.js';
import type { Connection } from './connection.js';
import type { ConnectionOwner } from './events.js';
import { MessageStream } from './message-stream.js';

/** What the application receives: a whole message, or one that arrives as a stream. */
export type Received = Message | MessageStream;

/** Memory that keeping one takes: bytes. The body of a stream keeps account of itself. */
export function bytesIn(received: Received): number {
  return ITEM_BYTES + (received instanceof MessageStream ? 0 : received.data.length);
}

/** As it may wait: see `compact`. */
export function kept(received: Received): Received {
  if (received instanceof MessageStream) return received;
  const data = compact(received.data);
  return data === received.data ? received : new Message(received.type, data);
}

/** Memory of all that wait. */
export function sizeOf(waiting: readonly Received[] = []): number {
  let bytes = 0;
  for (const received of waiting) bytes += bytesIn(received);
  return bytes;
}

/** Whether someone would take it now. */
export function isHeard<Context>(
  received: Received,
  connection: Connection<Context>,
  owner: ConnectionOwner<Context> | undefined,
): boolean {
  const name = received instanceof MessageStream ? 'stream' : 'message';
  return connection.listenerCount(name) > 0 || owner?.takesMessages(connection) === true;
}
