import type { Connection } from '@sokker/connection';

/**
 * Ends connections whose peer is gone without a word, as a phone that left its network: whoever has not answered a
 * Ping by the next one. Returns what stops it.
 */
export function heartbeat(connections: Iterable<Connection>, everyMs: number): () => void {
  const awaited = new WeakSet<Connection>();
  const beat = (): void => {
    for (const connection of connections) {
      if (awaited.has(connection)) {
        connection.terminate();
        continue;
      }
      awaited.add(connection);
      connection.ping().then(
        () => awaited.delete(connection),
        () => undefined, // ended meanwhile
      );
    }
  };
  const timer = setInterval(beat, everyMs).unref();
  return () => clearInterval(timer);
}
