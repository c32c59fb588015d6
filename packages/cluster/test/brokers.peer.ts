import { ioredisBackplane, natsBackplane, redisBackplane, type Backplane } from '@sokker/cluster';
import { connect as connectNats, type NatsConnection } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { createClient } from 'redis';
import { BrokerProcess, reasonAgainst } from './broker-process.js';
import { Ear, keepsItsPromise, type Broker } from './contract.js';
import { nodes } from './nodes.js';

interface Opened {
  readonly backplane: Backplane;
  readonly close: () => Promise<void>;
}

/** How to reach a broker, and to let it go again. */
interface Kind {
  readonly broker: 'redis' | 'nats';
  readonly open: (port: number) => Promise<Opened>;
}

/** @param keeps whether the client keeps what it is told while Redis is away */
const redis = (keeps: boolean): Kind => ({
  broker: 'redis',
  async open(port) {
    const socket = { host: '127.0.0.1', port, reconnectStrategy: 20 };
    const client = createClient({ socket, disableOfflineQueue: !keeps });
    client.on('error', () => undefined);
    await client.connect();
    return { backplane: redisBackplane(client), close: async () => Promise.resolve(client.destroy()) };
  },
});
const ioredis = (keeps: boolean): Kind => ({
  broker: 'redis',
  async open(port) {
    const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 20, enableOfflineQueue: keeps });
    client.on('error', () => undefined);
    await once(client, 'ready');
    return { backplane: ioredisBackplane(client), close: async () => Promise.resolve(client.disconnect()) };
  },
});

const KINDS = {
  redis: redis(true),
  'redis, where nothing is kept': redis(false),
  ioredis: ioredis(true),
  'ioredis, where nothing is kept': ioredis(false),
  nats: {
    broker: 'nats',
    async open(port) {
      const connection: NatsConnection = await connectNats({
        servers: `127.0.0.1:${port}`,
        reconnectTimeWait: 20,
        maxReconnectAttempts: -1,
      });
      return { backplane: natsBackplane(connection), close: () => connection.close() };
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

const isSaid = (published: Promise<unknown>): Promise<boolean> =>
  published.then(
    () => true,
    () => false,
  );

async function brokerFor({ broker, open }: Kind): Promise<Broker & { readonly process: BrokerProcess }> {
  const process = await BrokerProcess.start(broker);
  const closers: (() => Promise<void>)[] = [];
  return {
    process,
    async backplane() {
      const { backplane, close } = await open(process.port);
      closers.push(close);
      return backplane;
    },
    async stop() {
      await Promise.all(closers.map((close) => close()));
      await process.stop();
    },
  };
}

describe.each<[string, Kind]>(Object.entries(KINDS))('%s', (_, kind) => {
  const reason = reasonAgainst(kind.broker);
  if (reason !== undefined) {
    test(`needs its server: ${reason}`, () => {
      throw new Error(reason);
    });
    return;
  }

  describe('its backplane', () => keepsItsPromise(() => brokerFor(kind)));

  describe('between servers', () => {
    const start = nodes();
    let broker: Awaited<ReturnType<typeof brokerFor>>;
    beforeEach(async () => {
      broker = await brokerFor(kind);
    });
    afterEach(() => broker.stop());

    test('a broker that dies and comes back: what is said meanwhile is a gap, and then all is as before', async () => {
      const [first, second] = [await start(await broker.backplane()), await start(await broker.backplane())];
      for (const { cluster } of [first, second]) cluster.on('error', () => undefined);
      const [here, there] = [await first.visit('news'), await second.visit('news')];
      await first.cluster.broadcast('before', { to: 'news' });
      expect([await here.heard(), await there.heard()]).toEqual(['before', 'before']);
      const [cuts, gaps] = (['cut', 'gap'] as const).map((name) =>
        // Not by `once` of node:events, which an `error` rejects.
        Promise.all([first, second].map(({ cluster }) => new Promise<void>((resolve) => cluster.once(name, resolve)))),
      );
      await here.join('left');
      await broker.process.kill();
      await cuts;
      expect([first.cluster.connected, second.cluster.connected]).toEqual([false, false]);
      here.connection.leave('left');
      here.connection.leave('news');
      here.connection.join('news');
      here.connection.join('new');
      const subscribed = first.cluster.subscribed('new');
      // Clients of the same server have it whatever becomes of the broker.
      first.cluster.broadcast('meanwhile', { to: 'news' }).catch(() => undefined);
      expect(await here.heard()).toBe('meanwhile');
      await broker.process.start();
      await gaps;
      expect([first.cluster.connected, second.cluster.connected]).toEqual([true, true]);
      await subscribed;
      // To all, to servers, and to two topics: what was left meanwhile is tried again until it is.
      while (first.cluster.metrics().subscriptions !== 4) await new Promise(setImmediate);
      const { received } = first.cluster.metrics();
      // Clients of Redis publish on a connection of their own, which may be back later than the one that hears.
      while (!(await isSaid(second.cluster.broadcast('back?', { to: 'nobody' })))) await new Promise(setImmediate);
      await second.cluster.broadcast('nobody', { to: 'left' });
      await second.cluster.broadcast('after', { to: 'new' });
      await second.cluster.broadcast('after', { to: 'news' });
      await second.cluster.broadcast('end', { to: 'news' });
      let heard = await there.heard();
      // Some clients keep what was published while the broker was away, and send it late.
      if (heard === 'meanwhile') heard = await there.heard();
      expect(heard).toBe('after');
      // Each once, though what became of the subscription was not known for a while.
      expect([await here.heard(), await here.heard(), await here.heard()]).toEqual(['after', 'after', 'end']);
      expect(first.cluster.metrics().received - received).toBe(3);
      expect([first.cluster.metrics().gaps, second.cluster.metrics().gaps]).toEqual([1, 1]);
    });
  });
});

const reason = reasonAgainst('redis');
test('servers with redis and with ioredis hear each other', async () => {
  if (reason !== undefined) throw new Error(reason);
  const process = await BrokerProcess.start('redis');
  const opened = await Promise.all([KINDS.redis.open(process.port), KINDS.ioredis.open(process.port)]);
  const ears = opened.map((each) => new Ear(each.backplane));
  for (const { backplane } of ears) await backplane.subscribe('topic/ü');
  for (const { backplane } of ears) await backplane.publish('topic/ü', Buffer.from('x'));
  await Promise.all(ears.map((ear) => ear.until(2)));
  for (const { backplane } of ears) await backplane.close();
  for (const { close } of opened) await close();
  await process.stop();
});
