/** The value of an attribute such as `onmessage`. */
export type Handler<Target, Kind> = ((this: Target, event: Kind) => unknown) | null;

/**
 * The attributes `onopen`, `onmessage` and so on of an event target (HTML, event handlers). A handler takes its place
 * among the listeners when it is set where there was none; a new one in its stead keeps the place.
 */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #handlers = new Map<string, object>();
  readonly #listener = (event: Event): void => {
    const handler = this.#handlers.get(event.type);
    if (typeof handler === 'function') handler.call(this.#target, event);
  };

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(type: string): object | null {
    return this.#handlers.get(type) ?? null;
  }

  /** Anything but an object or function counts as null, and an object that cannot be called does nothing. */
  set(type: string, given: unknown): void {
    const isHandler = typeof given === 'function' || (typeof given === 'object' && given !== null);
    const had = this.#handlers.has(type);
    if (isHandler) this.#handlers.set(type, given);
    else this.#handlers.delete(type);
    if (isHandler && !had) this.#target.addEventListener(type, this.#listener);
    if (!isHandler && had) this.#target.removeEventListener(type, this.#listener);
  }
}
