import {
  ConnectionSettings,
  LIMIT_OPTIONS,
  type Clock,
  type CloseRecord,
  type Connection,
  type LimitOptions,
  type MessageStream,
} from '@sokker/connection';
import type { Message } from '@sokker/frame';
import type { Opened } from './handshake-host.js';
import type { Home } from './home.js';
import type { ServerSettings } from './options.js';
import type { Parts } from './parts.js';
import type { Recorder, Traffic } from './recorder.js';
import { Protocols } from './protocols.js';
import { ServerConnection } from './server-connection.js';
import { SetView } from './set-view.js';
import type { SlowPolicy } from './slow-policy.js';
import { Topics } from './topics.js';
import type { Watch } from './watch.js';

/** The open connections of a server: their one owner. */
export class Clients<Context> implements Home<Context> {
  readonly settings: ConnectionSettings;
  readonly slow: Home<Context>['slow'];
  readonly topics: Topics<ServerConnection<Context>>;
  readonly protocols = new Protocols<Context>();
  readonly #watches = new Map<ServerConnection<Context>, Watch<Context>>();
  readonly #parts: Parts<Context>;
  readonly view: ReadonlySet<ServerConnection<Context>> = new SetView(this.#watches);

  /**
   * @param limits as they were given
   * @throws UsageError `ERR_SOKKER_OPTION`
   */
  constructor(settings: ServerSettings<Context>, limits: LimitOptions, clock: Clock, parts: Parts<Context>) {
    const { onSlow: policy, maxBufferedBytes } = settings;
    this.settings = connectionSettings(limits, policy, clock);
    this.slow = { policy, maxBufferedBytes };
    this.#parts = parts;
    this.topics = new Topics({
      onOccupied: (topic) => parts.reporter.tell('occupied', topic),
      onVacated: (topic) => parts.reporter.tell('vacated', topic),
    });
  }

  open({ socket, head, request, acceptance, context }: Opened<Context>): ServerConnection<Context> {
    const coder = acceptance.extensions[0]?.session;
    const session = { head, protocol: acceptance.subprotocol, coder, context };
    const connection = ServerConnection.open(socket, session, this, request.remoteAddress);
    this.#watches.set(connection, this.#parts.warden.begin(connection));
    this.#parts.recorder.record('open', { connection, request });
    this.#parts.reporter.tell('connection', connection, request);
    this.protocols.onOpen(connection, request);
    return connection;
  }

  /** What passed so far: connections keep their own count of what happens often, until they end. */
  get traffic(): Traffic {
    const traffic = { ...this.#parts.recorder.traffic };
    for (const connection of this.#watches.keys()) addTraffic(traffic, connection);
    return traffic;
  }

  /** Hands on the messages that waited. */
  deliver(): void {
    for (const connection of this.#watches.keys()) connection.deliver();
  }

  takesMessages(connection: Connection<Context>): boolean {
    if (this.settings.receive === 'stream') return this.#parts.reporter.hears('stream');
    return this.#parts.reporter.hears('message') || this.protocols.hears(connection);
  }

  onMessage(message: Message, connection: Connection<Context>): void {
    const client = own(connection);
    if (this.protocols.onMessage(message, client)) this.#parts.reporter.tell('message', message, client);
  }

  onStream(message: MessageStream, connection: Connection<Context>): void {
    this.#parts.reporter.tell('stream', message, own(connection));
  }

  onRead(connection: Connection<Context>): void {
    own(connection).note();
  }

  onHolding(connection: ServerConnection<Context>): void {
    this.#parts.warden.note(connection, connection.retainedBytes);
  }

  onSlow(connection: ServerConnection<Context>, bufferedBytes: number): void {
    const { policy } = this.slow;
    this.#parts.recorder.record('slow', { connection, bufferedBytes, policy });
    this.#parts.reporter.tell('slow', { bufferedBytes, policy }, connection);
  }

  onDrop(connection: ServerConnection<Context>, bytes: number): void {
    this.#parts.recorder.record('drop', { connection, bytes });
  }

  onDrain(connection: Connection<Context>): void {
    own(connection).fillRoom();
  }

  onClose(record: CloseRecord, connection: Connection<Context>): void {
    const client = own(connection);
    const watch = this.#watches.get(client);
    this.#watches.delete(client);
    client.letGo();
    addTraffic(this.#parts.recorder.traffic, client);
    if (watch !== undefined) {
      this.#parts.warden.end(client, watch);
      this.#parts.recorder.measure('lifetimeMs', this.settings.clock.now() - watch.openedAt);
    }
    this.#parts.recorder.closed({ connection: client, record });
    this.#parts.gate.leave(client.remoteAddress);
    this.#parts.reporter.tell('close', record, client);
    this.protocols.onClose(record, client);
  }

  hearsErrors(): boolean {
    return this.#parts.reporter.hearsErrors;
  }

  onError(error: Error, connection: Connection<Context>): void {
    const client = own(connection);
    if ((error as NodeJS.ErrnoException).code === 'ERR_SOKKER_TOO_SLOW') this.onSlow(client, client.bufferedBytes);
    this.#parts.reporter.error(error, client);
  }
}

function addTraffic(traffic: Recorder['traffic'], connection: ServerConnection): void {
  const { bytesReceived, messagesReceived, bytesSent, messagesSent } = connection.vitals();
  traffic.bytesReceived += bytesReceived;
  traffic.messagesReceived += messagesReceived;
  traffic.bytesSent += bytesSent;
  traffic.messagesSent += messagesSent;
}

/** A connection ends a slow peer by itself; for every other policy it must take what it is given. */
function connectionSettings(given: LimitOptions, policy: SlowPolicy, clock: Clock): ConnectionSettings {
  const limits = Object.fromEntries(LIMIT_NAMES.map((name) => [name, given[name]])) as LimitOptions;
  const settings = new ConnectionSettings({ ...limits, role: 'server', clock }, 'SokkerServer');
  if (policy === 'close') return settings;
  const { lowWaterMarkBytes, highWaterMarkBytes } = settings;
  const marks = { lowWaterMarkBytes, highWaterMarkBytes, maxBufferedBytes: Infinity };
  return new ConnectionSettings({ ...limits, ...marks, role: 'server', clock });
}

const LIMIT_NAMES = Object.keys(LIMIT_OPTIONS) as (keyof typeof LIMIT_OPTIONS)[];

/** The owner of connections of ours is told of no others. */
function own<Context>(connection: Connection<Context>): ServerConnection<Context> {
  if (connection instanceof ServerConnection) return connection as ServerConnection<Context>;
  throw new TypeError('not a connection of a SokkerServer');
}
