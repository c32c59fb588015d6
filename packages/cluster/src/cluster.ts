import {
  asError,
  LateEmitter,
  prepare,
  Prepared,
  systemClock,
  unheard,
  warnUnheard,
  type Bytes,
  type Clock,
} from '@sokker/connection';
import { readOptions, UsageError } from '@sokker/frame';
import type { BroadcastReport, SokkerServer } from '@sokker/server';
import { randomBytes } from 'node:crypto';
import { captureRejectionSymbol } from 'node:events';
import { checkKeyBytes, checkMethods, checkSharedTopic } from './arguments.js';
import type { Backplane } from './backplane.js';
import { channelOf, EVERYONE, isShareable, topicOf } from './channel-names.js';
import { channels } from './channels.js';
import { isFrom, ORIGIN_BYTES, seal, unseal } from './envelope.js';
import { ClusterError } from './errors.js';
import {
  CLUSTER_BROADCAST,
  CLUSTER_OPTIONS,
  type ClusterBroadcast,
  type ClusterOptions,
  type ClusterSettings,
} from './options.js';
import { Publisher } from './publisher.js';
import { Subscriptions } from './subscriptions.js';

export interface ClusterEvents {
  /** This server was cut off from the others and is back: what they said meanwhile its clients have not heard. */
  gap: [];
  /**
   * A message was not published, or a topic not subscribed to, or what came is no message. Emitted only where someone
   * listens; always published on node:diagnostics_channel.
   */
  error: [error: NodeJS.ErrnoException];
}

export interface ClusterMetrics {
  /** Channels subscribed to: one for everyone, and one for each topic that a client of this server is in. */
  readonly subscriptions: number;
  /** Of messages that the backplane has not taken yet. */
  readonly pendingBytes: number;
  /** Messages of this server that the backplane took, and that it did not. */
  readonly published: number;
  readonly failed: number;
  /** Messages of other servers, and what came and was none. */
  readonly received: number;
  readonly refused: number;
  readonly gaps: number;
}

/**
 * Makes several servers one: what is broadcast here reaches the clients of all that share the backplane. Each server
 * hears only of the topics that its own clients are in.
 *
 * At most once: what is published while a server is cut off, or its subscription is on its way, does not reach it. What
 * one server says arrives everywhere in its order.
 */
export class Cluster<Context = unknown> extends LateEmitter<ClusterEvents> {
  readonly #server: SokkerServer<Context>;
  readonly #backplane: Backplane;
  readonly #settings: ClusterSettings;
  readonly #clock: Clock;
  readonly #publisher: Publisher;
  readonly #subscriptions: Subscriptions;
  readonly #origin = randomBytes(ORIGIN_BYTES);
  #closed: Promise<void> | undefined;
  #received = 0;
  #refused = 0;
  #gaps = 0;

  /**
   * @param backplane for this cluster alone, which closes it
   * @throws UsageError `ERR_SOKKER_OPTION`, `ERR_SOKKER_ARGUMENT`
   */
  constructor(server: SokkerServer<Context>, backplane: Backplane, options: ClusterOptions = {}) {
    super();
    this.#settings = readOptions<ClusterSettings>('Cluster', CLUSTER_OPTIONS, options);
    checkMethods('the server of a cluster is a SokkerServer', server, ['broadcast', 'topic']);
    checkMethods('a backplane has open, publish, subscribe, unsubscribe and close', backplane, BACKPLANE_METHODS);
    if (taken.has(backplane))
      throw new UsageError('ERR_SOKKER_ARGUMENT', 'a backplane is for one cluster: make another');
    taken.add(backplane);
    this.#server = server;
    this.#backplane = backplane;
    this.#clock = this.#settings.clock ?? systemClock;
    this.#publisher = new Publisher(backplane, this.#settings.maxPendingBytes);
    this.#subscriptions = this.#makeSubscriptions();
    backplane.open({
      onMessage: (channel, message) => this.#onMessage(channel, message),
      onGap: () => this.#onGap(),
      onError: (error) => this.#onError(error),
    });
    this.#subscriptions.want(EVERYONE);
    for (const topic of server.topics) this.#onOccupied(topic);
    server.on('occupied', this.#onOccupied).on('vacated', this.#onVacated);
  }

  /**
   * Sends a message to every client of every server, or to those in a topic; to those of this server before it returns.
   * Resolves when the backplane has taken it, with what became of it here; rejects with ClusterError
   * `ERR_SOKKER_PUBLISH`, `ERR_SOKKER_PUBLISH_BEHIND`, `ERR_SOKKER_CLUSTER_CLOSED` where clients of this server alone
   * have got it. That need not be heard: of the first two `error` tells as well.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
   */
  broadcast(data: string | Bytes | Prepared, options: ClusterBroadcast<Context> = {}): Promise<BroadcastReport> {
    const settings = readOptions<ClusterBroadcast<Context>>('broadcast', CLUSTER_BROADCAST, options);
    const { to, type, key, compress = true } = settings;
    checkKeyBytes(key);
    const message = data instanceof Prepared ? data : prepare(data, { type });
    const report = this.#server.broadcast(message, { ...settings, type: undefined });
    if (this.#closed !== undefined) return unheard(Promise.reject(new ClusterError('ERR_SOKKER_CLUSTER_CLOSED')));
    const envelope = seal({ type: message.type, payload: message.data, key, compress }, this.#origin);
    return unheard(this.#publish(channelOf(to), envelope, report));
  }

  /**
   * Resolves when what other servers say to a topic comes here: whoever joins it and then asks for what it missed gets
   * all. Without a topic, of what goes to everyone. Rejects with ClusterError `ERR_SOKKER_NOT_SUBSCRIBED` where no client
   * of this server is in it, or none is left, and `ERR_SOKKER_CLUSTER_CLOSED`.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  subscribed(topic?: string): Promise<void> {
    checkSharedTopic(topic);
    return unheard(this.#subscriptions.settled(channelOf(topic)));
  }

  /** What there is at the moment, and what was counted since it was made: a new object each time. */
  metrics(): ClusterMetrics {
    const { pendingBytes, published, failed } = this.#publisher;
    const counted = { received: this.#received, refused: this.#refused, gaps: this.#gaps };
    return { subscriptions: this.#subscriptions.size, pendingBytes, published, failed, ...counted };
  }

  /**
   * Leaves the others: hears nothing more, waits for the backplane to take what was published, `closeTimeoutMs` at most,
   * and closes it. The server goes on by itself; close or drain that first.
   */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  /** A listener of ours returned a promise that was rejected. */
  override [captureRejectionSymbol](...[error, event]: readonly unknown[]): void {
    this.#fault(error, event);
  }

  async #close(): Promise<void> {
    this.#server.off('occupied', this.#onOccupied).off('vacated', this.#onVacated);
    this.#subscriptions.end();
    let timer: unknown;
    const enough = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, this.#settings.closeTimeoutMs, true);
    });
    await Promise.race([this.#publisher.idle(), enough]);
    this.#clock.clearTimeout(timer);
    await this.#backplane.close();
  }

  #makeSubscriptions(): Subscriptions {
    const subscriber = {
      subscribe: (channel: string) => this.#backplane.subscribe(channel),
      unsubscribe: (channel: string) => this.#backplane.unsubscribe(channel),
      onFailure: (channel: string, cause: unknown) =>
        this.#onError(new ClusterError('ERR_SOKKER_SUBSCRIBE', channel, { cause })),
    };
    return new Subscriptions(subscriber, this.#clock);
  }

  async #publish(channel: string, envelope: Buffer, report: BroadcastReport): Promise<BroadcastReport> {
    try {
      await this.#publisher.publish(channel, envelope);
      return report;
    } catch (error) {
      this.#onError(asError(error));
      throw error;
    }
  }

  readonly #onOccupied = (topic: string): void => {
    // To any other nobody can broadcast.
    if (isShareable(topic)) this.#subscriptions.want(channelOf(topic));
  };

  readonly #onVacated = (topic: string): void => {
    this.#subscriptions.unwant(channelOf(topic));
  };

  #onMessage(channel: string, sealed: Uint8Array): void {
    if (this.#closed !== undefined || isFrom(sealed, this.#origin)) return;
    try {
      const { type, payload, key, compress } = unseal(sealed);
      this.#received++;
      this.#server.broadcast(new Prepared(type, payload), { to: topicOf(channel), key, compress });
    } catch (error) {
      this.#refused++;
      this.#onError(asError(error));
    }
  }

  #onGap(): void {
    if (this.#closed !== undefined) return;
    this.#gaps++;
    if (channels.gap.hasSubscribers) channels.gap.publish({ cluster: this });
    try {
      this.emit('gap');
    } catch (error) {
      this.#fault(error);
    }
  }

  #onError(error: Error): void {
    if (channels.error.hasSubscribers) channels.error.publish({ cluster: this, error });
    if (this.listenerCount('error') === 0) return;
    try {
      this.emit('error', error);
    } catch (fault) {
      this.#fault(fault, 'error');
    }
  }

  /** A listener failed: one for `error` has nobody left to tell. */
  #fault(thrown: unknown, event?: unknown): void {
    const fault = asError(thrown);
    const isHeard = event !== 'error' && this.listenerCount('error') > 0;
    if (isHeard || channels.error.hasSubscribers) this.#onError(fault);
    else warnUnheard(fault);
  }
}

/** Backplanes that have a cluster: each tells one listener. */
const taken = new WeakSet<Backplane>();
const BACKPLANE_METHODS = ['open', 'publish', 'subscribe', 'unsubscribe', 'close'];
