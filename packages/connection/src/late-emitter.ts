import { EventEmitter } from 'node:events';
import { inherits } from 'node:util';

/** A constructor that does not run the one of EventEmitter, which `class … extends EventEmitter` would have to. */
function Unbegun(): void {}
inherits(Unbegun, EventEmitter);

for (const name of ['on', 'addListener', 'prependListener'] as const) {
  const add = EventEmitter.prototype[name];
  Unbegun.prototype[name] = function (this: EventEmitter, ...[event, listener]: Parameters<typeof add>) {
    EventEmitter.call(this, { captureRejections: true });
    return add.call(this, event, listener);
  };
}

/**
 * An EventEmitter that captures rejections and is begun with its first listener: the table of listeners alone is 184
 * bytes of an idle connection, and one that only its server listens to needs none. Before it begins it emits to nobody.
 */
export const LateEmitter = Unbegun as unknown as new <T extends Record<keyof T, unknown[]>>() => EventEmitter<T>;
