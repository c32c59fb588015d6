import { ioredisBackplane, type IoredisDuplicate } from '@sokker/cluster';
import { EventEmitter } from 'node:events';
import { Ear } from './contract.js';

interface Command {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A client whose commands are answered by hand; like the real one, it never settles what a cut left unanswered. */
class Fake extends EventEmitter implements IoredisDuplicate {
  readonly commands: Command[] = [];
  readonly disconnects: unknown[] = [];

  publish(channel: string): Promise<void> {
    return this.#command(`publish ${channel}`);
  }

  subscribe(...channels: string[]): Promise<void> {
    return this.#command(`subscribe ${channels.join(' ')}`);
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#command(`unsubscribe ${channel}`);
  }

  disconnect(reconnect?: boolean): void {
    this.disconnects.push(reconnect);
  }

  get texts(): string[] {
    return this.commands.map(({ text }) => text);
  }

  #command(text: string): Promise<void> {
    return new Promise((resolve, reject) => this.commands.push({ text, resolve, reject }));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const cut: unknown = expect.objectContaining({ name: 'LineCut' });

/** A backplane that is subscribed to these; its clients. */
async function opened(...channels: readonly string[]): Promise<{ ear: Ear; publisher: Fake; subscriber: Fake }> {
  const made: Fake[] = [];
  const client = { duplicate: () => made[made.push(new Fake()) - 1]!, psubscribe: () => undefined };
  const ear = new Ear(ioredisBackplane(client));
  const [publisher, subscriber] = made as [Fake, Fake];
  const subscribed = channels.map((channel) => ear.backplane.subscribe(channel));
  await turn();
  expect(subscriber.commands).toEqual([]);
  subscriber.emit('ready');
  await turn();
  for (const { resolve } of subscriber.commands.splice(0)) resolve();
  await Promise.all(subscribed);
  return { ear, publisher, subscriber };
}

test('what a cut left unanswered is rejected', async () => {
  const { ear, publisher, subscriber } = await opened('a');
  const published = ear.backplane.publish('a', Buffer.from('x'));
  const subscribed = ear.backplane.subscribe('b');
  const left = ear.backplane.unsubscribe('a');
  await turn();
  expect([publisher.texts, subscriber.texts]).toEqual([
    ['publish sokker:a'],
    ['unsubscribe sokker:a', 'subscribe sokker:b'],
  ]);
  publisher.emit('close');
  await expect(published).rejects.toEqual(cut);
  subscriber.emit('close');
  await expect(subscribed).rejects.toEqual(cut);
  await expect(left).rejects.toEqual(cut);
  expect(ear.cuts).toBe(1);
});

test('when it is back it subscribes to what it was before, and only then tells of the gap', async () => {
  const { ear, subscriber } = await opened('a', 'b', 'c');
  const left = ear.backplane.unsubscribe('c');
  subscriber.commands[0]?.resolve();
  await left;
  for (const attempt of [1, 2]) {
    subscriber.emit('close');
    subscriber.emit('ready');
    await turn();
    // The first is swallowed by another cut.
    expect([subscriber.texts.slice(attempt), ear.gaps]).toEqual([['subscribe sokker:a sokker:b'], 0]);
  }
  subscriber.commands[2]?.resolve();
  await turn();
  expect([ear.gaps, ear.errors, subscriber.disconnects]).toEqual([1, [], []]);
});

test('where it may not subscribe any more it says so, and begins anew until it may', async () => {
  const { ear, subscriber } = await opened('a');
  subscriber.emit('close');
  subscriber.emit('ready');
  await turn();
  const refused = new Error('NOPERM');
  subscriber.commands[0]?.reject(refused);
  await turn();
  expect([ear.errors, ear.gaps, subscriber.disconnects]).toEqual([[refused], 0, [true]]);
  subscriber.emit('close');
  subscriber.emit('ready');
  await turn();
  subscriber.commands[1]?.resolve();
  await turn();
  expect(ear.gaps).toBe(1);
});

test('with nothing subscribed to it is back at once; a closed one says nothing more', async () => {
  const { ear, publisher, subscriber } = await opened();
  subscriber.emit('close');
  subscriber.emit('ready');
  expect([ear.cuts, ear.gaps]).toEqual([1, 1]);
  await ear.backplane.close();
  for (const event of ['close', 'ready']) subscriber.emit(event);
  subscriber.emit('error', new Error('behind the end'));
  subscriber.emit('messageBuffer', Buffer.from('sokker:a'), Buffer.from('x'));
  expect([ear.cuts, ear.gaps, ear.errors, ear.heard]).toEqual([1, 1, [], []]);
  expect([publisher.disconnects, subscriber.disconnects]).toEqual([[undefined], [undefined]]);
});
