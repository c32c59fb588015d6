import { EventEmitter } from 'node:events';
import { eventOf, EVENT_TYPES, isEventType, type WebSocketEventMap } from './events.js';
import { TypedEmitter } from './typed-emitter.js';
import type { WebSocket } from './websocket.js';

type Type = keyof WebSocketEventMap;
export type EventListener<Name extends Type> =
  ((event: WebSocketEventMap[Name]) => void) | { handleEvent(event: WebSocketEventMap[Name]): void };

/** A listener of the emitter that stands for one of `addEventListener` or of an attribute. */
interface Stand {
  (...args: unknown[]): void;
  /** The listener that it stands for. */
  readonly standsFor: unknown;
  readonly isAttribute: boolean;
}

/** What an `on…` attribute has. */
export type Handler<Name extends Type> = ((event: WebSocketEventMap[Name]) => void) | null;

/** An emitter that has the listeners of a page as well: both kinds are called in the order in which they came. */
export class ListenerTarget<Events extends Record<keyof Events, unknown[]>> extends TypedEmitter<Events> {
  declare onopen: Handler<'open'>;
  declare onmessage: Handler<'message'>;
  declare onerror: Handler<'error'>;
  declare onclose: Handler<'close'>;

  static {
    // `once` and `prependOnceListener` add by these as well.
    for (const name of ['on', 'addListener', 'prependListener'] as const) {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on the emitter
      const add = EventEmitter.prototype[name] as (...args: unknown[]) => unknown;
      const value = function (this: ListenerTarget<never>, ...args: unknown[]): unknown {
        this.heed?.(args[0]);
        return add.apply(this, args);
      };
      Object.defineProperty(this.prototype, name, { value, configurable: true, writable: true });
    }
    for (const type of EVENT_TYPES) {
      Object.defineProperty(this.prototype, `on${type}`, {
        configurable: true,
        enumerable: true,
        get(this: ListenerTarget<never>) {
          return this.#attribute(type)?.standsFor ?? null;
        },
        set(this: ListenerTarget<never>, listener: unknown) {
          this.#remove(type, this.#attribute(type));
          if (typeof listener === 'function') this.#add(type, listener as EventListener<Type>, true, false);
        },
      });
    }
  }

  addEventListener<Name extends Type>(
    type: Name,
    listener: EventListener<Name>,
    options: { once?: boolean | undefined } = {},
  ): void {
    if (!isEventType(type) || this.#find(type, listener) !== undefined) return;
    this.#add(type, listener as EventListener<Type>, false, options.once === true);
  }

  removeEventListener<Name extends Type>(type: Name, listener: EventListener<Name>): void {
    this.#remove(type, this.#find(type, listener));
  }

  /** Someone is about to listen. */
  protected heed?(event: unknown): void;

  #attribute(type: Type): Stand | undefined {
    return this.#stands(type).find((stand) => stand.isAttribute);
  }

  #add(type: Type, listener: EventListener<Type>, isAttribute: boolean, once: boolean): void {
    const call = (...args: unknown[]): void => {
      if (once) this.#remove(type, stand);
      const event = eventOf(type, this as unknown as WebSocket, args) as never;
      if (typeof listener === 'function') listener.call(this, event);
      else listener.handleEvent(event);
    };
    const stand: Stand = Object.assign(call, { standsFor: listener, isAttribute });
    this.on(type, stand);
  }

  #remove(type: Type, stand: Stand | undefined): void {
    if (stand !== undefined) this.off(type, stand);
  }

  #find(type: Type, listener: unknown): Stand | undefined {
    return this.#stands(type).find((stand) => stand.standsFor === listener && !stand.isAttribute);
  }

  #stands(type: Type): Stand[] {
    return this.listeners(type).filter((listener) => 'standsFor' in listener) as unknown as Stand[];
  }
}
