import type { MessageCoder } from '@sokker/frame';
import { deflatePools } from './deflate-context.js';
import { Deflater, DIRECT_BYTES } from './deflater.js';
import { engine as engineOfRuntime, type Engine } from './direct-probe.js';
import { Inflater, type Stage } from './inflater.js';
import type { Agreement } from './negotiation.js';
import type { DeflateConfig } from './options.js';
import { sharedForm } from './shared-form.js';
import { StreamInflater } from './stream-inflater.js';
import type { DeflateSettings } from './streams.js';
import type { Restable, WarmSet } from './warm-set.js';

export const NAME = 'permessage-deflate';

/** RFC 7692 §6: the bit that marks a compressed message. */
const RSV1 = 4;

/** The coder of one connection. Holds no context of zlib before the first compressed message in its direction. */
export class DeflateSession implements MessageCoder, Restable {
  readonly name = NAME;
  readonly rsv = RSV1;
  readonly decode: Stage;
  readonly encode: Deflater;
  /** Our window and how we fill it: whoever agreed to these reads what we made for another who did. */
  readonly shareKey: string;
  readonly #settings: DeflateSettings;
  readonly #thresholdBytes: number;
  readonly #engine: Engine;
  readonly #warm: WarmSet<DeflateSession>;

  /**
   * @param warm the connections of one extension that hold contexts
   * @param engine for tests: by default what this runtime can do
   */
  constructor(
    agreement: Agreement,
    role: 'client' | 'server',
    config: DeflateConfig,
    warm: WarmSet<DeflateSession>,
    engine: Engine = engineOfRuntime(),
  ) {
    const [ours, theirs] =
      role === 'server' ? [agreement.server, agreement.client] : [agreement.client, agreement.server];
    const { level, memLevel, maxRatio, thresholdBytes } = config;
    this.#settings = { windowBits: ours.windowBits, level, memLevel };
    this.#thresholdBytes = thresholdBytes;
    this.#engine = engine;
    this.#warm = warm;
    const onUse = (takeover: boolean) => (takeover ? () => warm.touch(this) : () => {});
    this.shareKey = `${NAME} ${ours.windowBits} ${level} ${memLevel}`;
    const pool = deflatePools.for({ ...this.#settings, engine });
    this.encode = new Deflater(ours.takeover, pool, onUse(ours.takeover), engine === 'direct' ? DIRECT_BYTES : 0);
    const used = onUse(theirs.takeover);
    this.decode = engine === 'direct' ? new Inflater(theirs, maxRatio, used) : new StreamInflater(theirs, maxRatio);
  }

  wants(payloadBytes: number): boolean {
    // A stream whose size nobody knows counts as Infinity; a threshold of Infinity is above that as well.
    return this.#thresholdBytes !== Infinity && payloadBytes >= this.#thresholdBytes;
  }

  encodeShared(payload: Buffer): Buffer | undefined {
    return sharedForm(payload, this.#settings, this.#engine);
  }

  sharedSent(): void {
    this.encode.forget();
  }

  /**
   * Gives back the memory that the next message does not depend on: all of the deflater, and of the inflater all but
   * its window of at most 32 KiB. For a connection that fell silent; its next message costs a little more. A direction
   * in which a message is in progress keeps what it has.
   */
  idle(): void {
    if (this.rest()) this.#warm.delete(this);
  }

  rest(): boolean {
    const rested = [this.decode.rest(), this.encode.rest()];
    return !rested.includes(false);
  }

  close(): void {
    this.#warm.delete(this);
    this.decode.close();
    this.encode.close();
  }
}
