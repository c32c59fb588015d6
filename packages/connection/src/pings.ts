import { Opcode, ownCopy, type FrameSlice } from '@sokker/frame';
import { unlessAborted } from './aborts.js';
import { ITEM_BYTES } from './bytes.js';
import type { Clock } from './clock.js';
import type { EngineListener } from './engine-listener.js';
import type { Engine } from './engine.js';
import { ConnectionError } from './errors.js';
import { closed } from './failure.js';
import { rejected, unheard } from './unheard.js';

interface Waiting {
  readonly payload: Buffer;
  readonly sentAt: number;
  resolve(milliseconds: number): void;
  reject(error: Error): void;
}

/** Pings that await their Pong. A Pong answers its Ping and all before it: a peer may skip older ones (RFC 6455 §5.5.3). */
export class Pings {
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  /** Payload of the last Ping that was sent to see whether the peer lives. */
  #probe: Buffer | undefined;
  #count = 0;
  /** Taken by those that await their Pong. */
  bytes = 0;
  /** The last round trip: milliseconds; undefined before the first. */
  latencyMs: number | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A payload that no other Ping of this connection has. */
  nextPayload(): Buffer {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(this.#count++ >>> 0);
    return payload;
  }

  /** A Ping was sent; resolves with the round trip in milliseconds. */
  sent(payload: Buffer): Promise<number> {
    return unheard(
      new Promise((resolve, reject) => {
        this.#waiting.push({ payload, sentAt: this.#clock.now(), resolve, reject });
        this.bytes += ITEM_BYTES + payload.length;
      }),
    );
  }

  /** As `sent`, for a Ping in place of the last one of this kind: a peer that answers none gets no pile of them here. */
  probed(payload: Buffer): Promise<number> {
    const before = this.#waiting.find((ping) => ping.payload === this.#probe);
    if (before !== undefined) {
      this.#waiting.splice(this.#waiting.indexOf(before), 1);
      this.bytes -= ITEM_BYTES + before.payload.length;
      before.reject(new ConnectionError('ERR_SOKKER_UNRESPONSIVE'));
    }
    this.#probe = payload;
    return this.sent(payload);
  }

  /** A Pong came; one that answers no Ping of ours is legal and means nothing (RFC 6455 §5.5.3). */
  received(payload: Buffer): void {
    const index = this.#waiting.findIndex((ping) => ping.payload.equals(payload));
    const now = this.#clock.now();
    for (const ping of this.#waiting.splice(0, index + 1)) {
      this.bytes -= ITEM_BYTES + ping.payload.length;
      this.latencyMs = now - ping.sentAt;
      ping.resolve(this.latencyMs);
    }
  }

  /** The connection ended: no Pong will come. */
  end(error: Error): void {
    for (const ping of this.#waiting.splice(0)) ping.reject(error);
    this.bytes = 0;
  }
}

/** Sends a Ping and waits for its Pong. @param given its payload; undefined: one that tells it from the others */
export function sendPing(engine: Engine, clock: Clock, given?: Buffer, signal?: AbortSignal): Promise<number> {
  if (signal?.aborted === true) return rejected(signal.reason);
  if (!engine.sendable) return rejected(closed());
  const pings = (engine.pings ??= new Pings(clock));
  const payload = given ?? pings.nextPayload();
  engine.outgoing.ping(payload);
  // Given up, it still takes its place until the Pong has come: else a peer that answers none would have them pile up.
  return unheard(unlessAborted(signal, pings.sent(payload)));
}

/** As `sendPing`, in place of the last one of this kind. */
export function sendProbe(engine: Engine, clock: Clock): Promise<number> {
  if (!engine.sendable) return rejected(closed());
  const pings = (engine.pings ??= new Pings(clock));
  const payload = pings.nextPayload();
  engine.outgoing.ping(payload, true);
  return pings.probed(payload);
}

/** A Ping came, and is answered, or a Pong, which may answer ours; then whoever listens hears of it. */
export function hearPingOrPong(engine: Engine, listener: EngineListener, { opcode, payload }: FrameSlice): void {
  if (opcode === Opcode.pong) {
    engine.pings?.received(payload);
    return listener.onPong(payload);
  }
  // A copy: the Pong leaves at the end of the turn, and what a listener is given is its own to change.
  engine.outgoing.pong(ownCopy(payload));
  listener.onPing(payload);
}
