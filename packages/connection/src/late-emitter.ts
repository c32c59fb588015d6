import { EventEmitter } from 'node:events';
import { inherits } from 'node:util';
import { Bearer } from './bearer.js';

/** A constructor that does not run the one of EventEmitter, which `class … extends EventEmitter` would have to. */
function Unbegun(): void {}
inherits(Unbegun, EventEmitter);

/** An emitter that has begun: to run the constructor twice would change how it counts and forgets listeners. */
class Begun extends Bearer {
  readonly #begun = true;

  static begin(emitter: EventEmitter): void {
    if (#begun in emitter) return;
    EventEmitter.call(new Begun(emitter) as unknown as EventEmitter, { captureRejections: true });
  }
}

/** Something that keeps what nobody listens for yet. */
type Keeper = EventEmitter & { deliver?(): void };

/** `once` and `prependOnceListener` add by these methods as well. */
const late = Unbegun.prototype as EventEmitter;
for (const name of ['on', 'addListener', 'prependListener'] as const) {
  late[name] = function (this: Keeper, ...args: Parameters<EventEmitter[typeof name]>) {
    Begun.begin(this);
    EventEmitter.prototype[name].apply(this, args);
    // Not by `newListener`: that would be one of those that an application's `removeAllListeners` removes.
    if (args[0] === 'message' || args[0] === 'stream') process.nextTick(deliver, this);
    return this;
  };
}
/** A tick later: what else is set up in the turn is there before the first message. */
function deliver(keeper: Keeper): void {
  keeper.deliver?.();
}
late.setMaxListeners = function (this: EventEmitter, count: number) {
  Begun.begin(this);
  EventEmitter.prototype.setMaxListeners.call(this, count);
  return this;
};

/**
 * An EventEmitter that captures rejections and is begun with its first listener: the table of listeners alone is 184
 * bytes of an idle connection, and one that only its server listens to needs none. Before it begins it emits to nobody.
 * Where it has a method `deliver`, that is called when someone has begun to listen for messages.
 */
export const LateEmitter = Unbegun as unknown as new <T extends Record<keyof T, unknown[]>>() => EventEmitter<T>;
