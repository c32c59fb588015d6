import { asError, warnUnheard } from '@sokker/connection';
import type { Message } from '@sokker/frame';
import type { Channel } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { channels } from './channels.js';
import { ClusterError } from './errors.js';

export interface ClusterEvents {
  /** What another server said by `tell`. */
  told: [message: Message];
  /** This server is cut off from the others, as far as the backplane knows. */
  cut: [];
  /**
   * All that others say comes here again, but something of what they said before is lost: it was cut off, or behind. Its
   * clients have not heard it.
   */
  gap: [];
  /**
   * A message was not published, or a topic not subscribed to, what came is no message, or the connection to a broker has
   * failed. Emitted only where someone listens; always published on node:diagnostics_channel. Where nobody heeds either, the
   * process warns of the first.
   */
  error: [error: NodeJS.ErrnoException];
}

/** Tells the listeners of a cluster what happens; what they throw reaches `error`. */
export class Herald {
  readonly #cluster: EventEmitter;
  readonly #troubles = new Set<string>();
  #warned = false;

  constructor(cluster: EventEmitter) {
    this.#cluster = cluster;
  }

  tell<Name extends Exclude<keyof ClusterEvents, 'error'>>(name: Name, ...args: ClusterEvents[Name]): void {
    if (name === 'gap') this.#troubles.clear();
    const { [name]: channel }: Partial<Record<keyof ClusterEvents, Channel>> = channels;
    if (channel?.hasSubscribers === true) channel.publish({ cluster: this.#cluster });
    try {
      this.#cluster.emit(name, ...args);
    } catch (error) {
      this.fault(error);
    }
  }

  /** What a backplane says of itself, which may be the same with every attempt to come back: told once, until it has come. */
  trouble(cause: NodeJS.ErrnoException): void {
    // Some errors of sockets have a code alone.
    const reason = cause.message === '' ? (cause.code ?? cause.name) : cause.message;
    if (this.#troubles.has(reason)) return;
    if (this.#troubles.size === MAX_TROUBLES) this.#troubles.clear();
    this.#troubles.add(reason);
    this.error(new ClusterError('ERR_SOKKER_BACKPLANE', reason, { cause }));
  }

  error(error: Error): void {
    if (this.#publish(error) || this.#hears) return this.#emit(error);
    if (this.#warned) return;
    this.#warned = true;
    const { stack = error.message, cause } = error;
    const detail = cause instanceof Error ? `${stack}\n${cause.stack ?? cause.message}` : stack;
    process.emitWarning('a cluster has errors, and nobody listens for them', { ...WARNING, detail });
  }

  /** A listener failed: one for `error` has nobody left to tell. */
  fault(thrown: unknown, event?: unknown): void {
    const fault = asError(thrown);
    if (event !== 'error' && this.#hears) this.error(fault);
    else if (!this.#publish(fault)) warnUnheard(fault);
  }

  get #hears(): boolean {
    return this.#cluster.listenerCount('error') > 0;
  }

  /** Answers whether someone reads there. */
  #publish(error: Error): boolean {
    const { hasSubscribers } = channels.error;
    if (hasSubscribers) channels.error.publish({ cluster: this.#cluster, error });
    return hasSubscribers;
  }

  #emit(error: Error): void {
    if (!this.#hears) return;
    try {
      this.#cluster.emit('error', error);
    } catch (fault) {
      this.fault(fault, 'error');
    }
  }
}

/** So many are remembered. */
const MAX_TROUBLES = 16;
const WARNING = { type: 'SokkerWarning', code: 'SOKKER_CLUSTER_UNHEARD' };
