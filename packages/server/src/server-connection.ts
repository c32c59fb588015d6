import {
  Connection,
  mayCompress,
  pingPayload,
  unheard,
  type Prepared,
  type Bytes,
  type CloseRecord,
  type MessageSource,
  type SendOptions,
  type SendStreamOptions,
  type Session,
  type WaitOptions,
} from '@sokker/connection';
import { CloseCode, encodeClose } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import { checkKey, checkTopic } from './arguments.js';
import { asPrepared, Backlog, waitingBytes } from './backlog.js';
import { tooSlow } from './errors.js';
import type { Home, Offered, ServerSendOptions } from './home.js';
import { SetView } from './set-view.js';
import { keepsAll, type SlowPolicy } from './slow-policy.js';

/** A connection that a SokkerServer opened. */
export class ServerConnection<Context = unknown> extends Connection<Context> {
  /** Address of the client; undefined on a unix socket. */
  readonly remoteAddress: string | undefined;
  readonly #home: Home<Context>;
  #topics: Set<string> | undefined;
  #backlog: Backlog | undefined;
  /** `send` answered false, and 'drain' has not come. */
  #full = false;
  /** The limit was reached, which its listeners know, and more than `lowWaterMarkBytes` have waited since. */
  #slow = false;
  /** What waited, and what Pings took, when the server was told last. */
  #noted = 0;

  // Private: were it internal, the declarations would offer the constructor that is inherited.
  private constructor(duplex: Duplex, session: Session<Context>, home: Home<Context>, remoteAddress?: string) {
    super(duplex, home.settings, session, home);
    this.remoteAddress = remoteAddress;
    this.#home = home;
  }

  /** @internal For the server, whose home it is. */
  static open<C>(duplex: Duplex, session: Session<C>, home: Home<C>, remoteAddress?: string): ServerConnection<C> {
    return new ServerConnection(duplex, session, home, remoteAddress);
  }

  /** The topics it has joined; of a connection that has ended, those it was in at the end. */
  get topics(): ReadonlySet<string> {
    return new SetView((this.#topics ??= new Set()));
  }

  /** @internal It has ended: nothing waits any more, and no topic reaches it, though it still tells which it was in. */
  letGo(): void {
    this.#backlog = undefined;
    for (const topic of this.#topics ?? []) this.#home.topics.leave(topic, this);
  }

  /** @internal There is room: what waits here has it before anyone else learns of it. */
  fillRoom(): void {
    this.#full = false;
    while (!this.#full && this.#passOldest());
  }

  /** @internal Offers the duplex what was sent, then what waits here, as long as it takes it: nobody is judged before. */
  offerAll(): void {
    const { lowWaterMarkBytes, highWaterMarkBytes } = this.#home.settings;
    this.flush();
    while (super.bufferedBytes <= lowWaterMarkBytes && this.#passOldest()) {
      while (super.bufferedBytes < highWaterMarkBytes && this.#passOldest());
      this.flush();
    }
  }

  override get bufferedBytes(): number {
    return super.bufferedBytes + (this.#backlog?.bytes ?? 0);
  }

  /**
   * Joins a topic, to be reached by `server.broadcast(data, { to: topic })`. A closed connection joins nothing.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  join(topic: string): void {
    checkTopic(topic);
    if (this.state === 'closed') return;
    (this.#topics ??= new Set()).add(topic);
    this.#home.topics.join(topic, this);
  }

  /** @throws UsageError `ERR_SOKKER_ARGUMENT` */
  leave(topic: string): void {
    checkTopic(topic);
    this.#topics?.delete(topic);
    this.#home.topics.leave(topic, this);
  }

  /**
   * Sends a whole message, as `Connection.send` does; where `maxBufferedBytes` wait, the server's policy decides.
   * @returns false where it was queued or dropped; `offer` tells which
   */
  override send(data: string | Bytes | Prepared, options?: ServerSendOptions): boolean {
    return this.offer(data, options) === 'sent';
  }

  /** As `send`, and says what became of the message. */
  offer(data: string | Bytes | Prepared, options?: ServerSendOptions): Offered {
    const { policy } = this.#home.slow;
    // Always: else a wrong one would be told of only once the peer is slow.
    checkKey(options?.key);
    const offered = policy === 'close' ? this.#pass(data, options) : this.#passBy(policy, data, options);
    // Where all hold too much together, it may be this one that has to go.
    return this.#noteChange() && this.state !== 'open' ? 'dropped' : offered;
  }

  /**
   * As that of any connection; where a policy drops messages and `maxBufferedBytes` wait, Pings without a Pong among
   * them, it rejects with `ERR_SOKKER_TOO_SLOW`. By 'signal' it is sent, as messages are.
   */
  override ping(data?: string | Bytes, options?: WaitOptions): Promise<number> {
    if (this.state !== 'open') return super.ping(data, options);
    const { policy, maxBufferedBytes } = this.#home.slow;
    const payload = data === undefined ? data : pingPayload(data);
    if (this.#waitingBytes() >= maxBufferedBytes) this.offerAll();
    const waiting = this.#waitingBytes();
    if (waiting >= maxBufferedBytes && policy !== 'close') {
      this.#tellSlow(waiting);
      if (!keepsAll(policy)) return super.ping(payload, { ...options, signal: AbortSignal.abort(tooSlow()) });
    }
    const ping = super.ping(payload, options);
    this.#noteChange();
    return ping;
  }

  /** @internal Has the server note what it holds; of one that has ended it keeps no account any more. */
  note(): void {
    if (this.state === 'closed') return;
    this.#noted = this.#waitingBytes();
    this.#home.onHolding(this);
  }

  /** What waits to be sent, and what Pings take whose Pongs have not come. */
  #waitingBytes(): number {
    return this.bufferedBytes + this.pingBytes;
  }

  /** Answers whether it was so much that the server was told. */
  #noteChange(): boolean {
    if (Math.abs(this.#waitingBytes() - this.#noted) < NOTED_BYTES) return false;
    this.note();
    return true;
  }

  #passBy(policy: SlowPolicy, data: string | Bytes | Prepared, options?: ServerSendOptions): Offered {
    const isOver = this.#isOver();
    if (policy === 'signal') return this.#pass(data, options);
    if (policy === 'drop-newest') return isOver ? this.#drop(data, options) : this.#pass(data, options);
    return this.#full ? this.#keep(data, options) : this.#pass(data, options);
  }

  /**
   * As that of any connection; where a policy drops messages and `maxBufferedBytes` wait, it is this one: it rejects with
   * `ERR_SOKKER_TOO_SLOW`.
   */
  override sendStream(source: MessageSource, options?: SendStreamOptions): Promise<void> {
    const { policy } = this.#home.slow;
    const isOver = policy !== 'close' && this.state === 'open' && this.#isOver();
    if (isOver && !keepsAll(policy)) {
      const rejected = super.sendStream(source, { ...options, signal: AbortSignal.abort(tooSlow()) });
      this.#home.onDrop(this, 0);
      return unheard(rejected);
    }
    // What waits here goes before what comes now.
    while (this.#passOldest());
    const sent = super.sendStream(source, options);
    this.#noteChange();
    return sent;
  }

  override close(code: number | null = CloseCode.normal, reason = ''): Promise<CloseRecord> {
    // A Close that cannot be sent must not move what waits to where it cannot be dropped.
    encodeClose(code ?? undefined, reason);
    while (this.#passOldest());
    return super.close(code, reason);
  }

  #pass(data: string | Bytes | Prepared, options: SendOptions | undefined): Offered {
    const isFree = super.send(data, options);
    if (!isFree && this.state !== 'open') return 'dropped';
    if (isFree) return 'sent';
    this.#full = true;
    return 'queued';
  }

  /** Keeps a message where it can still be dropped, until the socket has room. */
  #keep(data: string | Bytes | Prepared, options: ServerSendOptions = {}): Offered {
    const compress = mayCompress(options);
    const message = asPrepared(data, options);
    const key = this.#home.slow.policy === 'keep-latest' ? options.key : undefined;
    const waiting = { message, compress, key };
    if (this.state !== 'open') return 'dropped';
    const backlog = (this.#backlog ??= new Backlog());
    const replaced = backlog.replace(waiting);
    if (replaced === undefined) backlog.add(waiting);
    else this.#home.onDrop(this, replaced.message.data.length);
    const most = this.#home.slow.maxBufferedBytes + waitingBytes(waiting);
    if (this.bufferedBytes >= most) this.offerAll();
    while (this.bufferedBytes >= most && backlog.size > 1) {
      // One that took an older one's place may be first in line itself.
      this.#home.onDrop(this, backlog.take(waiting)?.message.data.length ?? 0);
    }
    return 'queued';
  }

  #drop(data: string | Bytes | Prepared, options: ServerSendOptions = {}): Offered {
    mayCompress(options);
    const { data: bytes } = asPrepared(data, options);
    this.#home.onDrop(this, bytes.length);
    return 'dropped';
  }

  /** Whether so much waits that the policy decides; its listeners learn of it once for each time that it lasts. */
  #isOver(): boolean {
    const { maxBufferedBytes } = this.#home.slow;
    if (this.bufferedBytes >= maxBufferedBytes) this.offerAll();
    const waiting = this.bufferedBytes;
    const isOver = waiting >= maxBufferedBytes;
    if (isOver) this.#tellSlow(waiting);
    else if (waiting + this.pingBytes <= this.#home.settings.lowWaterMarkBytes) this.#slow = false;
    return isOver;
  }

  #tellSlow(bufferedBytes: number): void {
    if (this.#slow) return;
    this.#slow = true;
    this.#home.onSlow(this, bufferedBytes);
  }

  /** Answers whether any waited. */
  #passOldest(): boolean {
    const oldest = this.#backlog?.take();
    if (oldest !== undefined) this.#pass(oldest.message, { compress: oldest.compress });
    return oldest !== undefined;
  }
}

/** What waits to be sent is noted in steps of so many bytes: to note it for every message costs a tenth of a small one. */
const NOTED_BYTES = 4096;
