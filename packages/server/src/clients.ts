import type { CloseRecord, Connection, ConnectionOwner, ConnectionSettings, MessageStream } from '@sokker/connection';
import type { Message } from '@sokker/frame';
import type { Opened } from './handshake.js';
import type { Reporter } from './reporter.js';
import { ServerConnection } from './server-connection.js';
import { SetView } from './set-view.js';

/** The open connections of a server: their one owner. */
export class Clients<Context> implements ConnectionOwner<Context> {
  readonly all = new Set<ServerConnection<Context>>();
  readonly view: ReadonlySet<ServerConnection<Context>> = new SetView(this.all);
  readonly #settings: ConnectionSettings;
  readonly #reporter: Reporter<Context>;

  constructor(settings: ConnectionSettings, reporter: Reporter<Context>) {
    this.#settings = settings;
    this.#reporter = reporter;
  }

  open({ socket, head, request, acceptance, context }: Opened<Context>): ServerConnection<Context> {
    const coder = acceptance.extensions[0]?.session;
    const session = { head, protocol: acceptance.subprotocol, coder, context };
    const connection = new ServerConnection(socket, this.#settings, session, this, request.remoteAddress);
    this.all.add(connection);
    this.#reporter.tell('connection', connection, request);
    return connection;
  }

  /** Someone listens for messages now: those that waited are handed on. */
  deliver(): void {
    for (const connection of this.all) connection.deliver();
  }

  takesMessages(): boolean {
    return this.#reporter.hears(this.#settings.receive === 'stream' ? 'stream' : 'message');
  }

  onMessage(message: Message, connection: Connection<Context>): void {
    this.#reporter.tell('message', message, own(connection));
  }

  onStream(message: MessageStream, connection: Connection<Context>): void {
    this.#reporter.tell('stream', message, own(connection));
  }

  onClose(record: CloseRecord, connection: Connection<Context>): void {
    this.all.delete(own(connection));
    this.#reporter.tell('close', record, own(connection));
  }

  onError(error: Error, connection: Connection<Context>): void {
    this.#reporter.error(error, own(connection));
  }
}

/** The owner of connections of ours is told of no others. */
function own<Context>(connection: Connection<Context>): ServerConnection<Context> {
  if (connection instanceof ServerConnection) return connection as ServerConnection<Context>;
  throw new TypeError('not a connection of a SokkerServer');
}
