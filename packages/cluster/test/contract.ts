import type { Backplane } from '@sokker/cluster';

/** A broker that runs, and backplanes over it. */
export interface Broker {
  backplane(): Backplane | Promise<Backplane>;
  stop(): Promise<void>;
}

/** A backplane that keeps what comes. */
export class Ear {
  readonly backplane: Backplane;
  readonly heard: string[] = [];
  readonly errors: Error[] = [];
  readonly lost: string[] = [];
  cuts = 0;
  gaps = 0;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(backplane: Backplane) {
    this.backplane = backplane;
    backplane.open({
      onMessage: (channel, message) => {
        this.heard.push(`${channel} ${Buffer.from(message).toString('latin1')}`);
        this.#tell();
      },
      onLost: (channel) => void this.lost.push(channel),
      onCut: () => {
        this.cuts++;
      },
      onGap: () => {
        this.gaps++;
        this.#tell();
      },
      onError: (error) => void this.errors.push(error),
    });
  }

  /** Resolves when so many messages and gaps have come. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
      this.#tell();
    });
  }

  #tell(): void {
    const has = this.heard.length + this.gaps;
    for (const { resolve } of this.#waiting.filter(({ count }) => count <= has)) resolve();
    this.#waiting = this.#waiting.filter(({ count }) => count > has);
  }
}

const BYTES = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

/** What every backplane promises (src/backplane.ts). */
export function keepsItsPromise(start: () => Promise<Broker>): void {
  let broker: Broker;
  let ears: Ear[];
  beforeAll(async () => {
    broker = await start();
  });
  beforeEach(() => (ears = []));
  afterEach(() => Promise.all(ears.map(({ backplane }) => backplane.close())));
  afterAll(() => broker.stop());

  const listen = async (): Promise<Ear> => {
    const ear = new Ear(await broker.backplane());
    ears.push(ear);
    return ear;
  };

  test('who has subscribed hears what is published from then on, and nobody else does', async () => {
    const [speaker, reader, other] = [await listen(), await listen(), await listen()];
    await reader.backplane.subscribe('a');
    await other.backplane.subscribe('b');
    await speaker.backplane.publish('a', Buffer.from('1'));
    await speaker.backplane.publish('b', Buffer.from('2'));
    await Promise.all([reader.until(1), other.until(1)]);
    expect([speaker.heard, reader.heard, other.heard]).toEqual([[], ['a 1'], ['b 2']]);
  });

  test('bytes arrive as they were, few or many', async () => {
    const [speaker, reader] = [await listen(), await listen()];
    await reader.backplane.subscribe('a');
    const messages = [Buffer.alloc(0), BYTES, Buffer.alloc(500_000, BYTES)];
    for (const message of messages) await speaker.backplane.publish('a', message);
    await reader.until(3);
    expect(reader.heard).toEqual(messages.map((message) => `a ${message.toString('latin1')}`));
  });

  test('what one says arrives in its order', async () => {
    const [speaker, reader] = [await listen(), await listen()];
    await Promise.all(['a', 'b'].map((channel) => reader.backplane.subscribe(channel)));
    const said = Array.from({ length: 2000 }, (_, index) => [index % 3 === 0 ? 'b' : 'a', String(index)] as const);
    await Promise.all(said.map(([channel, text]) => speaker.backplane.publish(channel, Buffer.from(text))));
    await reader.until(2000);
    expect(reader.heard).toEqual(said.map(([channel, text]) => `${channel} ${text}`));
  });

  test('whatever a channel is called, it is one of its own', async () => {
    const names = [
      'all',
      'topic/',
      'topic/a.b',
      'topic/*',
      'topic/>',
      'topic/a b',
      'topic/ü€😀',
      'topic/\n\0%2F',
      'TOPIC/',
    ];
    const [speaker, reader] = [await listen(), await listen()];
    for (const name of names) await reader.backplane.subscribe(name);
    for (const name of names) await speaker.backplane.publish(name, Buffer.from(name, 'latin1'));
    await reader.until(names.length);
    expect(reader.heard).toEqual(names.map((name) => `${name} ${Buffer.from(name, 'latin1').toString('latin1')}`));
  });

  test('who has left a channel hears it no more, and may come again', async () => {
    const [speaker, reader] = [await listen(), await listen()];
    const { backplane } = reader;
    await backplane.subscribe('a');
    await backplane.subscribe('end');
    await backplane.unsubscribe('a');
    await speaker.backplane.publish('a', Buffer.from('missed'));
    await speaker.backplane.publish('end', Buffer.from('1'));
    await reader.until(1);
    await backplane.subscribe('a');
    await speaker.backplane.publish('a', Buffer.from('heard'));
    await reader.until(2);
    expect([reader.heard, reader.gaps, reader.errors]).toEqual([['end 1', 'a heard'], 0, []]);
  });

  test('who subscribes again, because it could not know that it had, hears a message once', async () => {
    const [speaker, reader] = [await listen(), await listen()];
    const { backplane } = reader;
    for (const channel of ['a', 'a', 'end']) await backplane.subscribe(channel);
    for (const channel of ['a', 'end']) await speaker.backplane.publish(channel, Buffer.from(channel));
    await reader.until(2);
    for (const channel of ['a', 'a', 'b']) await backplane.unsubscribe(channel);
    for (const channel of ['a', 'b', 'end']) await speaker.backplane.publish(channel, Buffer.from(channel));
    await reader.until(3);
    expect(reader.heard).toEqual(['a a', 'end end', 'end end']);
  });

  test('a closed one hears nothing, and the others go on', async () => {
    const [speaker, gone, reader] = [await listen(), await listen(), await listen()];
    for (const { backplane } of [gone, reader]) await backplane.subscribe('a');
    await gone.backplane.close();
    await speaker.backplane.publish('a', Buffer.from('1'));
    await reader.until(1);
    expect([gone.heard, gone.errors, gone.cuts]).toEqual([[], [], 0]);
  });
}
