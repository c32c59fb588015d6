import type { CloseRecord } from '@sokker/connection';
import { UsageError, type Message } from '@sokker/frame';
import { UpgradePolicy } from '@sokker/handshake';
import type { Codec } from '@sokker/connection';
import type { ServerRequest } from './decision.js';
import type { Audience } from './broadcast.js';
import { Protocol } from './protocol.js';
import type { ServerConnection } from './server-connection.js';

/** The subprotocols of a server that have a codec. */
export class Protocols<Context> {
  readonly #byName = new Map<string, Protocol<unknown, unknown, Context>>();

  #names: readonly string[] = [];

  /** Those added so far. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** @throws UsageError `ERR_SOKKER_OPTION` for what is no token; `ERR_SOKKER_ARGUMENT` where it has a codec already */
  add<In, Out>(name: string, codec: Codec<In, Out>, home: Audience<Context>): Protocol<In, Out, Context> {
    // Its rule for names is the one that will meet them.
    new UpgradePolicy({ subprotocols: [name] }, 'protocol');
    if (this.#byName.has(name)) throw new UsageError('ERR_SOKKER_ARGUMENT', `subprotocol '${name}' has its codec`);
    const protocol = Protocol.of(name, codec, home);
    this.#byName.set(name, protocol);
    this.#names = [...this.#byName.keys()];
    return protocol;
  }

  hears({ protocol }: { readonly protocol: string }): boolean {
    return (this.#byName.get(protocol)?.listenerCount('message') ?? 0) > 0;
  }

  onOpen(connection: ServerConnection<Context>, request: ServerRequest): void {
    this.#byName.get(connection.protocol)?.tell('connection', connection, request);
  }

  /** Answers whether it may go on to others: a codec has refused none. */
  onMessage(message: Message, connection: ServerConnection<Context>): boolean {
    if (this.#byName.size === 0 || !this.hears(connection)) return true;
    return this.#byName.get(connection.protocol)?.receive(message, connection) !== false;
  }

  onClose(record: CloseRecord, connection: ServerConnection<Context>): void {
    this.#byName.get(connection.protocol)?.tell('close', record, connection);
  }
}
