import { Connection } from '@sokker/connection';
import { open, type MakeConnection } from './connect.js';
import { readConnectOptions, type ConnectOptions } from './options.js';
import { forever } from './reconnect.js';
import type { RecordedConnection } from './recorded-connection.js';
import type { ReconnectOptions } from './reconnect-options.js';

async function connectOnce<Context = unknown>(
  url: string | URL,
  options: ConnectOptions<Context> = {},
): Promise<Connection<Context>> {
  const settings = readConnectOptions(options);
  const make: MakeConnection<Connection<Context>, Context> = (...all) => new Connection(...all);
  return (await open(url, settings, make)).connection;
}

export interface Connect {
  /**
   * Opens a WebSocket to a `ws:`, `wss:`, `http:` or `https:` URL (RFC 6455 §4.1). Whatever goes wrong, the socket is
   * destroyed and nothing stays behind.
   *
   * Rejects with ConnectError: no connection, a deadline, or a refusal with `status`, `headers` and `body`; with
   * HandshakeError for a response that breaks a rule; with UsageError for the URL or an option; with the reason of
   * `signal` where that aborted.
   */
  <Context = unknown>(url: string | URL, options?: ConnectOptions<Context>): Promise<Connection<Context>>;
  /**
   * Connections to one server, one after the other, for as long as the loop goes on:
   *
   *   for await (const connection of connect.forever(url, { resume })) {
   *     for await (const message of connection) …
   *   }
   *
   * The next one comes when the last has ended. Leaving the loop closes the connection (1000); closing the connection
   * ends the loop, even where the server or a loss was first; aborting the signal closes it (1001) and makes the loop
   * throw the signal's reason. It throws too where the server says not to come back: ConnectError with `status` or
   * `record`.
   * @throws UsageError at once, for the URL or an option
   */
  forever<Context = unknown>(
    url: string | URL,
    options?: ReconnectOptions<Context>,
  ): AsyncGenerator<RecordedConnection<Context>, void, undefined>;
}

export const connect: Connect = Object.assign(connectOnce, { forever });
