import { EventEmitter } from 'node:events';

/** Events that bring messages, which wait while nobody listens for them. */
const BRINGING: readonly unknown[] = ['message', 'stream'];

type Added = Parameters<EventEmitter['on']>;

/** `once` and `prependOnceListener` add by these methods as well. */
class Attentive extends EventEmitter {
  readonly #onAudience: () => void;

  constructor(onAudience: () => void) {
    super({ captureRejections: true });
    this.#onAudience = onAudience;
  }

  override on(...added: Added): this {
    return this.#attend(super.on(...added), added);
  }

  override addListener(...added: Added): this {
    return this.#attend(super.addListener(...added), added);
  }

  override prependListener(...added: Added): this {
    return this.#attend(super.prependListener(...added), added);
  }

  /** A tick later: what else is set up in this turn is there before the first message. */
  #attend(self: this, [name]: Added): this {
    if (BRINGING.includes(name)) process.nextTick(this.#onAudience);
    return self;
  }
}

/**
 * An EventEmitter that captures rejections, and calls back when someone has begun to listen for messages. A listener of
 * `newListener` would know of it too, but it would be one of those that an application's `removeAllListeners` removes.
 */
export const AttentiveEmitter = Attentive as unknown as new <T extends Record<keyof T, unknown[]>>(
  onAudience: () => void,
) => EventEmitter<T>;
