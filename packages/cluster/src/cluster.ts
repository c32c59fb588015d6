import { asError, LateEmitter, prepare, Prepared, systemClock, unheard, type Bytes } from '@sokker/connection';
import { Message, readOptions, UsageError } from '@sokker/frame';
import type { BroadcastReport, SokkerServer } from '@sokker/server';
import { captureRejectionSymbol } from 'node:events';
import { checkMethods, checkName, checkSharedTopic } from './arguments.js';
import type { Backplane } from './backplane.js';
import { channelOf, EVERYONE, isShareable, SERVERS, topicOf } from './channel-names.js';
import { unseal, type Envelope } from './envelope.js';
import { ClusterError } from './errors.js';
import { Herald, type ClusterEvents } from './herald.js';
import type { ClusterMetrics } from './metrics.js';
import {
  CLUSTER_BROADCAST_OPTIONS,
  CLUSTER_OPTIONS,
  type ClusterBroadcastOptions,
  type ClusterOptions,
  type ClusterSettings,
} from './options.js';
import { Publisher } from './publisher.js';
import { Subscriptions } from './subscriptions.js';

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
  readonly #publisher: Publisher;
  readonly #subscriptions: Subscriptions;
  readonly #herald = new Herald(this);
  readonly #counted = { received: 0, refused: 0, gaps: 0 };
  #closed: Promise<void> | undefined;

  /**
   * @param server one cluster for each, of each prefix: with two it would hear everything twice
   * @param backplane for this cluster alone, which closes it
   * @throws UsageError `ERR_SOKKER_OPTION`, `ERR_SOKKER_ARGUMENT`
   */
  constructor(server: SokkerServer<Context>, backplane: Backplane, options: ClusterOptions = {}) {
    super();
    const settings = readOptions<ClusterOptions>('Cluster', CLUSTER_OPTIONS, options);
    this.#settings = { clock: systemClock, ...settings } as ClusterSettings;
    checkMethods('the server of a cluster is a SokkerServer', server, ['broadcast', 'topic']);
    checkMethods('a backplane has open, publish, subscribe, unsubscribe and close', backplane, BACKPLANE_METHODS);
    if (taken.has(backplane))
      throw new UsageError('ERR_SOKKER_ARGUMENT', 'a backplane is for one cluster: make another');
    taken.add(backplane);
    this.#server = server;
    this.#backplane = backplane;
    this.#publisher = new Publisher(backplane, this.#settings.maxPendingBytes);
    this.#subscriptions = this.#makeSubscriptions();
    this.#open();
  }

  /** Whether what other servers say comes here, as far as the backplane knows: for who asks whether this one is ready. */
  get connected(): boolean {
    return this.#subscriptions.has(EVERYONE);
  }

  /**
   * Sends a message to every client of every server, or to those in a topic; to those of this server before it returns.
   * Resolves when the backplane has taken it, with what became of it here. Rejects with ClusterError `ERR_SOKKER_PUBLISH`
   * where nobody knows whether other servers have got it; with `ERR_SOKKER_PUBLISH_BEHIND` and
   * `ERR_SOKKER_CLUSTER_CLOSED` where they have not. That need not be heard: of the first two `error` tells as well.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
   */
  broadcast(data: string | Bytes | Prepared, options: ClusterBroadcastOptions<Context> = {}): Promise<BroadcastReport> {
    const settings = readOptions<ClusterBroadcastOptions<Context>>('broadcast', CLUSTER_BROADCAST_OPTIONS, options);
    const { to, type, key, compress = true } = settings;
    const except = typeof settings.except === 'string' ? settings.except : undefined;
    checkName('key', key);
    checkName('except', except);
    const message = data instanceof Prepared ? data : prepare(data, { type });
    const report = this.#server.broadcast(message, { ...settings, type: undefined });
    const envelope = { type: message.type, payload: message.data, compress, key, except };
    return unheard(this.#publish(channelOf(to), envelope).then(() => report));
  }

  /**
   * Says something to the other servers, not to their clients: `told` is emitted there. Resolves and rejects as
   * `broadcast`.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  tell(data: string | Bytes | Prepared): Promise<void> {
    const message = data instanceof Prepared ? data : prepare(data);
    const envelope = { type: message.type, payload: message.data, compress: true, key: undefined, except: undefined };
    return unheard(this.#publish(SERVERS, envelope));
  }

  /**
   * Resolves when what other servers say to a topic comes here: whoever joins it and then asks for what it missed gets
   * all. Without a topic, of what goes to everyone. It waits for as long as the backplane is cut off. Rejects with
   * ClusterError `ERR_SOKKER_NOT_SUBSCRIBED` where no client of this server is in the topic, or none is left, and
   * `ERR_SOKKER_CLUSTER_CLOSED`; that need not be heard.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  subscribed(topic?: string): Promise<void> {
    checkSharedTopic(topic);
    return unheard(this.#subscriptions.settled(channelOf(topic)));
  }

  /** What there is at the moment, and what was counted since it was made: a new object each time. */
  metrics(): ClusterMetrics {
    return { subscriptions: this.#subscriptions.size, ...this.#publisher.figures, ...this.#counted };
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
    this.#herald.fault(error, event);
  }

  #open(): void {
    this.#backplane.open({
      onMessage: (channel, message) => this.#onMessage(channel, message),
      onLost: (channel) => this.#subscriptions.lost(channel),
      onCut: () => {
        if (this.#subscriptions.cut()) this.#herald.tell('cut');
      },
      onGap: () => this.#onGap(),
      onError: (error) => this.#herald.trouble(error),
    });
    this.#subscriptions.want(EVERYONE);
    this.#subscriptions.want(SERVERS);
    for (const topic of this.#server.topics) this.#follow(topic);
    // Before what the application does there, which may throw.
    this.#server.prependListener('occupied', this.#follow).prependListener('vacated', this.#follow);
  }

  async #close(): Promise<void> {
    const { clock, closeTimeoutMs } = this.#settings;
    this.#server.off('occupied', this.#follow).off('vacated', this.#follow);
    this.#subscriptions.end();
    let timer: unknown;
    const enough = new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, closeTimeoutMs, true)));
    await Promise.race([this.#publisher.idle(), enough]);
    clock.clearTimeout(timer);
    await this.#backplane.close();
  }

  #makeSubscriptions(): Subscriptions {
    const subscriber = {
      subscribe: (channel: string) => this.#backplane.subscribe(channel),
      unsubscribe: (channel: string) => this.#backplane.unsubscribe(channel),
      onFailure: (error: ClusterError) => this.#herald.error(error),
    };
    return new Subscriptions(subscriber, this.#settings.clock);
  }

  async #publish(channel: string, envelope: Envelope): Promise<void> {
    if (this.#closed !== undefined) throw new ClusterError('ERR_SOKKER_CLUSTER_CLOSED');
    try {
      await this.#publisher.publish(channel, envelope);
    } catch (error) {
      this.#herald.error(asError(error));
      throw error;
    }
  }

  /** Someone is in a topic, or nobody any more; by the time that we hear of it, it may be the other way round. */
  readonly #follow = (topic: string): void => {
    // To one that brokers cannot name nobody can broadcast.
    if (!isShareable(topic)) return;
    if (this.#server.topics.has(topic)) this.#subscriptions.want(channelOf(topic));
    else this.#subscriptions.unwant(channelOf(topic));
  };

  #onMessage(channel: string, sealed: Uint8Array): void {
    if (this.#closed !== undefined || this.#publisher.isOwn(sealed)) return;
    try {
      const { type, payload, ...options } = unseal(sealed, channel);
      this.#counted.received++;
      if (channel === SERVERS) this.#herald.tell('told', new Message(type, payload));
      else this.#server.broadcast(new Prepared(type, payload), { to: topicOf(channel), ...options });
    } catch (error) {
      this.#counted.refused++;
      this.#herald.error(asError(error));
    }
  }

  #onGap(): void {
    if (this.#closed !== undefined) return;
    this.#counted.gaps++;
    this.#subscriptions.back();
    this.#herald.tell('gap');
  }
}

/** Backplanes that have a cluster: each tells one listener. */
const taken = new WeakSet<Backplane>();
const BACKPLANE_METHODS = ['open', 'publish', 'subscribe', 'unsubscribe', 'close'];
