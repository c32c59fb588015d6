import { readOptions, UsageError } from '@sokker/frame';
import cluster, { type Worker } from 'node:cluster';
import { RELAY_OPTIONS, type RelayOptions } from './options.js';
import { oursIn, type Parcel, type ToPrimary, type ToWorker } from './process-messages.js';

/**
 * In the primary of node:cluster, once: carries what the `processBackplane` of a worker publishes to those of the others
 * that have subscribed.
 * @returns undoes it
 * @throws UsageError `ERR_SOKKER_OPTION`; `ERR_SOKKER_ARGUMENT` in a worker
 */
export function relayWorkers(options: RelayOptions = {}): () => void {
  const { maxWaitingBytes } = readOptions<{ maxWaitingBytes: number }>('relayWorkers', RELAY_OPTIONS, options);
  if (!cluster.isPrimary) {
    throw new UsageError('ERR_SOKKER_ARGUMENT', 'relayWorkers is for the primary of node:cluster, not for a worker');
  }
  const relay = new Relay(maxWaitingBytes);
  const onMessage = (worker: Worker, message: unknown): void => relay.onMessage(worker, message);
  const onGone = (worker: Worker): void => relay.onGone(worker);
  cluster.on('message', onMessage).on('disconnect', onGone);
  return () => void cluster.off('message', onMessage).off('disconnect', onGone);
}

class Relay {
  readonly #maxWaitingBytes: number;
  /** Of each worker, by its ports. */
  readonly #lines = new Map<Worker, Map<number, Line>>();
  readonly #subscribers = new Map<string, Set<Line>>();

  constructor(maxWaitingBytes: number) {
    this.#maxWaitingBytes = maxWaitingBytes;
  }

  onMessage(worker: Worker, message: unknown): void {
    const news = oursIn<ToPrimary>(message);
    if (news === undefined) return;
    const line = this.#lineTo(worker, news.port);
    if (news.sokker === 'publish') return this.#publish(line, news);
    if (news.sokker === 'close') return this.#end(worker, line);
    if (news.sokker === 'subscribe') this.#subscribe(line, news.channel);
    else this.#unsubscribe(line, news.channel);
    line.answer(news.id);
  }

  onGone(worker: Worker): void {
    for (const line of this.#lines.get(worker)?.values() ?? []) this.#end(worker, line);
  }

  #lineTo(worker: Worker, port: number): Line {
    const lines = this.#lines.get(worker) ?? new Map<number, Line>();
    this.#lines.set(worker, lines);
    const line = lines.get(port) ?? new Line(worker, port, this.#maxWaitingBytes);
    lines.set(port, line);
    return line;
  }

  #end(worker: Worker, line: Line): void {
    for (const channel of line.channels) this.#unsubscribe(line, channel);
    const lines = this.#lines.get(worker);
    lines?.delete(line.port);
    if (lines?.size === 0) this.#lines.delete(worker);
  }

  #publish(from: Line, { channel, message }: Parcel): void {
    for (const line of this.#subscribers.get(channel) ?? []) if (line !== from) line.carry(channel, message);
  }

  #subscribe(line: Line, channel: string): void {
    line.channels.add(channel);
    const subscribers = this.#subscribers.get(channel) ?? new Set();
    this.#subscribers.set(channel, subscribers.add(line));
  }

  #unsubscribe(line: Line, channel: string): void {
    line.channels.delete(channel);
    const subscribers = this.#subscribers.get(channel);
    subscribers?.delete(line);
    if (subscribers?.size === 0) this.#subscribers.delete(channel);
  }
}

/** To one backplane of one worker. */
class Line {
  readonly channels = new Set<string>();
  readonly port: number;
  readonly #worker: Worker;
  readonly #maxWaitingBytes: number;
  #waitingBytes = 0;
  /** Something was not sent, and the worker has not been told. */
  #hasGap = false;

  constructor(worker: Worker, port: number, maxWaitingBytes: number) {
    this.port = port;
    this.#worker = worker;
    this.#maxWaitingBytes = maxWaitingBytes;
  }

  /** Sends a message, unless too much waits for a worker that does not read. */
  carry(channel: string, message: string): void {
    if (this.#waitingBytes >= this.#maxWaitingBytes) {
      this.#hasGap = true;
      return;
    }
    this.#waitingBytes += message.length;
    this.#send({ sokker: 'message', port: this.port, channel, message }, () => this.#carried(message.length));
  }

  answer(id: number): void {
    this.#send({ sokker: 'done', port: this.port, id });
  }

  #carried(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (!this.#hasGap || this.#waitingBytes > 0) return;
    this.#hasGap = false;
    this.#send({ sokker: 'gap', port: this.port });
  }

  /** A worker that is just going takes nothing more: nobody there would miss it. */
  #send(news: ToWorker, done = (): void => undefined): void {
    this.#worker.send(news, undefined, undefined, done);
  }
}
