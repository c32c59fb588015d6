import type { ClusterError } from '@sokker/cluster';
import { ManualClock } from '@sokker/testkit';
import { Subscriptions } from '../src/subscriptions.js';

/** A subscriber whose calls are answered by hand, in the order in which they came. */
function scripted() {
  const calls: string[] = [];
  const pending: { resolve(): void; reject(error: Error): void }[] = [];
  const failures: unknown[] = [];
  const call = (what: string) => (channel: string) => {
    calls.push(`${what} ${channel}`);
    return new Promise<void>((resolve, reject) => pending.push({ resolve, reject }));
  };
  const clock = new ManualClock();
  const subscriber = {
    subscribe: call('+'),
    unsubscribe: call('-'),
    onFailure: ({ code, message }: ClusterError) => void failures.push([code, message]),
  };
  const settle = async (error?: Error) => {
    const first = pending.shift();
    if (error === undefined) first?.resolve();
    else first?.reject(error);
    await new Promise(setImmediate);
  };
  return { calls, failures, clock, settle, subscriptions: new Subscriptions(subscriber, clock) };
}

const failure = (code: string, channel: string): unknown => [
  code,
  expect.stringContaining(`; it is tried again ('${channel}')`),
];
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

test('what is wanted is subscribed to, and what is not wanted any more is left', async () => {
  const { calls, settle, subscriptions } = scripted();
  subscriptions.want('a');
  subscriptions.want('a');
  expect(subscriptions.size).toBe(0);
  const settled = subscriptions.settled('a');
  await settle();
  await settled;
  expect(subscriptions.size).toBe(1);
  subscriptions.unwant('a');
  subscriptions.unwant('a');
  subscriptions.unwant('never');
  await settle();
  expect([calls, subscriptions.size]).toEqual([['+ a', '- a'], 0]);
});

test('of one channel there is one call at a time, and what counts is what is wanted when it is done', async () => {
  const { calls, settle, subscriptions } = scripted();
  subscriptions.want('a');
  subscriptions.unwant('a');
  subscriptions.want('a');
  subscriptions.want('b');
  expect(calls).toEqual(['+ a', '+ b']);
  await settle();
  expect([calls, subscriptions.size]).toEqual([['+ a', '+ b'], 1]);
  subscriptions.unwant('a');
  subscriptions.want('a');
  const settled = subscriptions.settled('a');
  await settle(); // of b
  await settle();
  expect(calls).toEqual(['+ a', '+ b', '- a', '+ a']);
  await settle();
  await settled;
  expect(subscriptions.size).toBe(2);
});

test('it waits longer each time that subscribing fails, and begins anew once it has not', async () => {
  const { calls, failures, clock, settle, subscriptions } = scripted();
  subscriptions.want('a');
  const settled = subscriptions.settled('a');
  for (const delayMs of [100, 200, 400]) {
    await settle(new Error('down'));
    const before = calls.length;
    clock.advance(delayMs - 1);
    expect(calls).toHaveLength(before);
    clock.advance(1);
    expect(calls).toHaveLength(before + 1);
  }
  await settle();
  await settled;
  expect(failures).toEqual([failure('ERR_SOKKER_SUBSCRIBE', 'a')]);
  subscriptions.unwant('a');
  subscriptions.want('a');
  await settle();
  await settle(new Error('down'));
  clock.advance(100);
  expect(calls.at(-1)).toBe('+ a');
});

test('of what comes and goes while it is cut off nothing is called; what stays is tried all the same', async () => {
  const { calls, clock, settle, subscriptions } = scripted();
  subscriptions.want('kept');
  await settle();
  subscriptions.cut();
  for (let count = 0; count < 1000; count++) {
    subscriptions.want(`passing ${count}`);
    subscriptions.unwant(`passing ${count}`);
  }
  subscriptions.unwant('kept');
  subscriptions.want('kept');
  subscriptions.want('late');
  expect(calls).toEqual(['+ kept']);
  clock.advance(100);
  expect(calls).toEqual(['+ kept', '+ late']);
  await settle();
  const settled = subscriptions.settled('late');
  subscriptions.back();
  await settled;
  clock.advance(60_000);
  expect([calls.length, subscriptions.size]).toEqual([2, 2]);
});

test('what is lost though nobody asked for that is subscribed to again', async () => {
  const { calls, failures, clock, settle, subscriptions } = scripted();
  subscriptions.want('a');
  await settle();
  subscriptions.lost('a');
  subscriptions.lost('never');
  expect([calls, subscriptions.has('a')]).toEqual([['+ a', '+ a'], false]);
  await settle(new Error('not allowed'));
  expect(failures).toHaveLength(1);
  clock.advance(100);
  await settle();
  expect([calls.length, subscriptions.has('a')]).toEqual([3, true]);
});

test('who ends it when told of a failure leaves nothing behind', async () => {
  const clock = new ManualClock();
  let calls = 0;
  const subscribe = (): Promise<void> => {
    calls++;
    return Promise.reject(new Error('down'));
  };
  const onFailure = (): void => subscriptions.end();
  const subscriptions = new Subscriptions({ subscribe, unsubscribe: subscribe, onFailure }, clock);
  subscriptions.want('a');
  await new Promise(setImmediate);
  clock.advance(60_000);
  expect(calls).toBe(1);
});

test('when it is back it tries at once, and only then has what it is subscribed to', async () => {
  const { calls, clock, settle, subscriptions } = scripted();
  subscriptions.want('a');
  await settle();
  expect([subscriptions.cut(), subscriptions.cut(), subscriptions.has('a')]).toEqual([true, false, false]);
  const waiting = [subscriptions.settled('a')];
  subscriptions.want('b');
  waiting.push(subscriptions.settled('b'));
  for (let count = 0; count < 8; count++) {
    await settle(new Error('down'));
    clock.advance(30_000);
  }
  await settle(new Error('down'));
  const before = calls.length;
  subscriptions.back();
  expect([calls.slice(before), subscriptions.has('a'), subscriptions.has('b')]).toEqual([['+ b'], true, false]);
  await waiting[0];
  await settle();
  await waiting[1];
  clock.advance(60_000);
  expect([calls.length, subscriptions.cut()]).toEqual([before + 1, true]);
  subscriptions.end();
  subscriptions.back();
  expect(subscriptions.cut()).toBe(false);
});

test('never longer than half a minute', async () => {
  const { calls, clock, settle, subscriptions } = scripted();
  subscriptions.want('a');
  for (let count = 0; count < 20; count++) {
    await settle(new Error('down'));
    clock.advance(30_000);
    expect(calls).toHaveLength(count + 2);
  }
});

test('where leaving fails it is tried again, and where someone comes back meanwhile, it subscribes to be sure', async () => {
  const { calls, failures, clock, settle, subscriptions } = scripted();
  for (const channel of ['a', 'b']) subscriptions.want(channel);
  await settle();
  await settle();
  for (const channel of ['a', 'b']) subscriptions.unwant(channel);
  await settle(new Error('down'));
  await settle(new Error('down'));
  const expected = ['a', 'b'].map((channel) => failure('ERR_SOKKER_UNSUBSCRIBE', channel));
  expect([failures, subscriptions.size]).toEqual([expected, 0]);
  subscriptions.want('b');
  expect(calls.slice(2)).toEqual(['- a', '- b', '+ b']);
  clock.advance(100);
  expect(calls.slice(5)).toEqual(['- a']);
  await settle();
  await settle();
  clock.advance(60_000);
  expect([calls.length, subscriptions.size, subscriptions.has('b'), subscriptions.has('a')]).toEqual([
    6,
    1,
    true,
    false,
  ]);
});

test('who waits for a channel learns that nobody wants it, or nobody any more', async () => {
  const { calls, clock, settle, subscriptions } = scripted();
  await expect(subscriptions.settled('a')).rejects.toEqual(code('ERR_SOKKER_NOT_SUBSCRIBED'));
  subscriptions.want('a');
  const waiting = subscriptions.settled('a');
  await settle(new Error('down'));
  subscriptions.unwant('a');
  await expect(waiting).rejects.toEqual(code('ERR_SOKKER_NOT_SUBSCRIBED'));
  // It may have been subscribed to all the same: nobody knows.
  expect(calls).toEqual(['+ a', '- a']);
  await settle();
  clock.advance(60_000);
  subscriptions.want('a');
  expect(calls).toEqual(['+ a', '- a', '+ a']);
});

test('behind the end nothing is called, and nobody waits', async () => {
  const { calls, failures, clock, settle, subscriptions } = scripted();
  subscriptions.want('a');
  subscriptions.want('b');
  subscriptions.want('c');
  const waiting = subscriptions.settled('a');
  await settle(new Error('down'));
  subscriptions.unwant('b');
  subscriptions.end();
  await expect(waiting).rejects.toEqual(code('ERR_SOKKER_CLUSTER_CLOSED'));
  await expect(subscriptions.settled('a')).rejects.toEqual(code('ERR_SOKKER_CLUSTER_CLOSED'));
  await settle();
  await settle(new Error('too late'));
  clock.advance(60_000);
  expect([calls, failures, subscriptions.size]).toEqual([
    ['+ a', '+ b', '+ c'],
    [failure('ERR_SOKKER_SUBSCRIBE', 'a')],
    0,
  ]);
});
