import { readOptions, UsageError } from '@sokker/frame';
import cluster, { type Worker } from 'node:cluster';
import { RELAY_OPTIONS, type RelayOptions } from './options.js';
import { oursIn, VERSION, type Parcel, type ToPrimary, type ToWorker, type Unaddressed } from './process-messages.js';

/**
 * In the primary of node:cluster, once: carries what the `processBackplane` of a worker publishes to those of the others
 * that have subscribed.
 * @returns ends it, for good: who has subscribed by then hears nothing more, and is not told
 * @throws UsageError `ERR_SOKKER_OPTION`; `ERR_SOKKER_ARGUMENT` in a worker, and where it was called before
 */
export function relayWorkers(options: RelayOptions = {}): () => void {
  const { maxWaitingBytes } = readOptions<{ maxWaitingBytes: number }>('relayWorkers', RELAY_OPTIONS, options);
  if (!cluster.isPrimary) {
    throw new UsageError('ERR_SOKKER_ARGUMENT', 'relayWorkers is for the primary of node:cluster, not for a worker');
  }
  if (relays)
    throw new UsageError('ERR_SOKKER_ARGUMENT', 'relayWorkers was called before: what is said would come twice');
  relays = true;
  const relay = new Relay(maxWaitingBytes);
  const onMessage = (worker: Worker, message: unknown): void => relay.onMessage(worker, message);
  const onGone = (worker: Worker): void => relay.onGone(worker);
  cluster.on('message', onMessage).on('disconnect', onGone);
  return () => {
    relays = false;
    cluster.off('message', onMessage).off('disconnect', onGone);
  };
}

/** Whether someone does already. */
let relays = false;

/** What Node keeps for a message that waits, beside its bytes. */
const ITEM_BYTES = 1024;

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
    if (news.say === 'publish') return this.#publish(line, news);
    if (news.say === 'close') return this.#end(worker, line);
    if (news.say === 'subscribe') this.#subscribe(line, news.channel);
    if (news.say === 'unsubscribe') this.#unsubscribe(line, news.channel);
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
    const bytes = message.length + channel.length + ITEM_BYTES;
    this.#waitingBytes += bytes;
    this.#send({ say: 'message', channel, message }, () => this.#carried(bytes));
  }

  answer(id: number): void {
    this.#send({ say: 'done', id });
  }

  #carried(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (!this.#hasGap || this.#waitingBytes > this.#maxWaitingBytes / 2) return;
    this.#hasGap = false;
    this.#send({ say: 'gap' });
  }

  /** A worker that is just going takes nothing more: nobody there would miss it. */
  #send(news: Unaddressed<ToWorker>, done = (): void => undefined): void {
    this.#worker.send({ sokkerCluster: VERSION, port: this.port, ...news }, undefined, undefined, done);
  }
}
