import type { ConnectionOwner, ConnectionSettings, SendOptions } from '@sokker/connection';
import type { ServerConnection } from './server-connection.js';
import type { SlowPolicy } from './slow-policy.js';
import type { Topics } from './topics.js';

/** What a connection has of its server. */
export interface Home<Context> extends ConnectionOwner<Context> {
  readonly settings: ConnectionSettings;
  readonly topics: Topics<ServerConnection<Context>>;
  readonly slow: { readonly policy: SlowPolicy; readonly maxBufferedBytes: number };
  /** It holds more than when this was called last, or less. */
  onHolding(connection: ServerConnection<Context>): void;
  onSlow(connection: ServerConnection<Context>, bufferedBytes: number): void;
  onDrop(connection: ServerConnection<Context>, bytes: number): void;
}

/** What became of a message: `sent`; `queued`, stop and go on at 'drain'; `dropped`, it will not be sent. */
export type Offered = 'sent' | 'queued' | 'dropped';

export type ServerSendOptions = SendOptions & {
  /** With the policy 'keep-latest': a message that waits under the same key gives up its place to this one. */
  readonly key?: string | undefined;
};
