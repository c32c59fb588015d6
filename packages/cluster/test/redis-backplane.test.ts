import { redisBackplane, type RedisSubscriber } from '@sokker/cluster';
import { EventEmitter } from 'node:events';
import { Ear } from './contract.js';

/** A client that connects when it is told to. */
class Fake extends EventEmitter implements RedisSubscriber {
  readonly calls: string[] = [];
  readonly attempts: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  connect(): Promise<void> {
    return new Promise((resolve, reject) => this.attempts.push({ resolve, reject }));
  }

  subscribe(channel: string): Promise<void> {
    this.calls.push(`subscribe ${channel}`);
    return Promise.resolve();
  }

  unsubscribe(channel: string): Promise<void> {
    this.calls.push(`unsubscribe ${channel}`);
    return Promise.resolve();
  }

  destroy(): void {
    this.calls.push('destroy');
  }
}

function opened(): { readonly fake: Fake; readonly ear: Ear } {
  const fake = new Fake();
  const client = { publish: () => Promise.resolve(0), duplicate: () => fake, destroy: () => undefined };
  return { fake, ear: new Ear(redisBackplane(client, { prefix: 'mine' })) };
}

test('a subscriber that has given up is asked to connect again when something is to be subscribed to', async () => {
  const { fake, ear } = opened();
  const subscribed = ear.backplane.subscribe('all');
  const refused = new Error('refused');
  fake.attempts[0]?.reject(refused);
  await expect(subscribed).rejects.toBe(refused);
  expect(ear.errors).toEqual([refused]);
  const again = ear.backplane.subscribe('all');
  fake.attempts[1]?.resolve();
  await again;
  await ear.backplane.subscribe('topic/a');
  expect([fake.calls, fake.attempts.length]).toEqual([['subscribe mine:all', 'subscribe mine:topic/a'], 2]);
});

test('it is cut off only once it was connected, and there is a gap only when it is back', async () => {
  const { fake, ear } = opened();
  fake.emit('reconnecting');
  fake.emit('ready');
  expect([ear.cuts, ear.gaps]).toEqual([0, 0]);
  fake.emit('reconnecting');
  fake.emit('ready');
  fake.emit('end');
  expect([ear.cuts, ear.gaps, fake.attempts.length]).toEqual([2, 1, 1]);
  void ear.backplane.subscribe('all');
  expect(fake.attempts).toHaveLength(2);
  await ear.backplane.close();
  for (const event of ['reconnecting', 'ready']) fake.emit(event);
  fake.emit('error', new Error('behind the end'));
  expect([ear.cuts, ear.gaps, ear.errors, fake.calls]).toEqual([2, 1, [], ['destroy']]);
});
