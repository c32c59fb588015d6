import { prepare, Prepared, type Bytes } from '@sokker/connection';
import type { ServerConnection } from './server-connection.js';

/** What became of a broadcast. */
export interface BroadcastReport {
  /** Connections that took the message. */
  readonly sent: number;
  /** Those among them that now signal back-pressure. */
  readonly slow: number;
  /** Connections that did not: closing, or too slow to take more. */
  readonly dropped: number;
}

/** Sends one message to many; it is encoded once. */
export function broadcastTo(recipients: Iterable<ServerConnection>, data: string | Bytes | Prepared): BroadcastReport {
  const message = data instanceof Prepared ? data : prepare(data);
  let [sent, slow, dropped] = [0, 0, 0];
  for (const connection of recipients) {
    const free = connection.send(message);
    if (free || connection.state === 'open') sent++;
    else dropped++;
    if (!free && connection.state === 'open') slow++;
  }
  return { sent, slow, dropped };
}
