type Listen = EventTarget['addEventListener'];
type Unlisten = EventTarget['removeEventListener'];

/** An EventTarget whose listeners know what they get. */
export interface TypedEventTarget<Events> extends EventTarget {
  addEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (event: Events[Type]) => unknown,
    options?: Parameters<Listen>[2],
  ): void;
  addEventListener(...given: Parameters<Listen>): void;
  removeEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (event: Events[Type]) => unknown,
    options?: Parameters<Unlisten>[2],
  ): void;
  removeEventListener(...given: Parameters<Unlisten>): void;
}

/** EventTarget itself, typed. */
export function typedEventTarget<Events>(): new () => TypedEventTarget<Events> {
  return EventTarget as unknown as new () => TypedEventTarget<Events>;
}
