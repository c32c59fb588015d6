import { captureRejectionSymbol, EventEmitter, once } from 'node:events';
import { LateEmitter } from '../src/late-emitter.js';

class Late extends LateEmitter<{ message: [text: string]; error: [error: Error] }> {
  readonly rejected: unknown[] = [];

  override [captureRejectionSymbol](...args: readonly unknown[]): void {
    this.rejected.push(...args);
  }
}

test('before the first listener it is an EventEmitter that nobody listens to', () => {
  const emitter = new Late();
  expect(emitter).toBeInstanceOf(EventEmitter);
  expect(emitter.emit('message', 'unheard')).toBe(false);
  expect(() => emitter.emit('error', new Error('unheard'))).toThrow('unheard');
  expect([emitter.eventNames(), emitter.listenerCount('message'), emitter.listeners('message')]).toEqual([[], 0, []]);
  expect(emitter.off('message', () => undefined).removeAllListeners()).toBe(emitter);
  expect(emitter.setMaxListeners(3).getMaxListeners()).toBe(3);
});

test.each(['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const)(
  'a first listener that comes by %s hears, and what it rejects with is captured',
  async (way) => {
    const [emitter, other] = [new Late(), new Late()];
    const heard: string[] = [];
    const fault = new Error('in a listener');
    emitter[way]('message', (text) => {
      heard.push(text);
      return Promise.reject(fault) as never;
    });
    expect([emitter.emit('message', 'one'), other.emit('message', 'two')]).toEqual([true, false]);
    await new Promise(setImmediate);
    expect(heard).toEqual(['one']);
    expect(emitter.rejected).toEqual([fault, 'message', 'one']);
  },
);

test('it begins once: what was said of listeners stands, and what they leave is told', () => {
  const emitter = new Late();
  const told: unknown[] = [];
  const [first, second] = [(): void => undefined, (): void => undefined];
  expect(emitter.setMaxListeners(0).on('message', first).getMaxListeners()).toBe(0);
  (emitter as EventEmitter).on('removeListener', (name) => told.push(name));
  emitter.on('error', second).off('message', first);
  expect([told, emitter.eventNames()]).toEqual([['message'], ['removeListener', 'error']]);
});

test('a later listener joins those before it', async () => {
  const emitter = new Late();
  const heard: string[] = [];
  emitter.on('message', () => heard.push('first'));
  emitter.on('message', () => heard.push('second'));
  emitter.prependListener('message', () => heard.push('before'));
  const message = once(emitter, 'message');
  emitter.emit('message', 'it');
  expect([...(await message), ...heard]).toEqual(['it', 'before', 'first', 'second']);
});
