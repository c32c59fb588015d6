import { EventEmitter } from 'node:events';

interface Add<Events extends Record<keyof Events, unknown[]>, This> {
  <Name extends keyof Events>(event: Name, listener: (this: This, ...args: Events[Name]) => void): This;
  /** Events of the application's own, and listeners that say what they are given in their own words. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- nothing else fits every listener
  (event: string | symbol, listener: (this: This, ...args: any[]) => void): This;
}

/** As the types of `ws` have it: listeners are called on the emitter, and may be of events that are not listed. */
export interface TypedEmitter<Events extends Record<keyof Events, unknown[]>> extends EventEmitter {
  on: Add<Events, this>;
  once: Add<Events, this>;
  off: Add<Events, this>;
  addListener: Add<Events, this>;
  removeListener: Add<Events, this>;
  prependListener: Add<Events, this>;
  prependOnceListener: Add<Events, this>;
}

export const TypedEmitter = EventEmitter as unknown as new <
  Events extends Record<keyof Events, unknown[]>,
>() => TypedEmitter<Events>;
