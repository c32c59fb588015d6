import { ioredisBackplane, natsBackplane, redisBackplane } from '@sokker/cluster';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';

const argument = expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }) as Error;
const option = expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }) as Error;

const redis = createClient();
const ioredis = new Redis({ lazyConnect: true });
afterAll(() => ioredis.disconnect());

test.each<[string, () => unknown]>([
  ['redis for a client of ioredis', () => redisBackplane(ioredis as never)],
  ['redis for a client of a Redis Cluster', () => redisBackplane(createCluster({ rootNodes: [] }))],
  ['redis for nothing', () => redisBackplane(undefined as never)],
  ['ioredis for a client of redis', () => ioredisBackplane(redis as never)],
  [
    'ioredis for a client of a Redis Cluster',
    () => ioredisBackplane(new Cluster([{}], { lazyConnect: true }) as never),
  ],
  ['ioredis for a URL', () => ioredisBackplane('redis://localhost' as never)],
  ['nats for a client of redis', () => natsBackplane(redis as never)],
])('a backplane of %s is refused at once', (_, make) => {
  expect(make).toThrow(argument);
});

test.each(['', 'a b', 'a*', '.a', 'a.', 'ü', 5])('the prefix %p is refused', (given) => {
  const prefix = given as string;
  expect(() => redisBackplane(redis, { prefix })).toThrow(option);
  expect(() => ioredisBackplane(ioredis, { prefix })).toThrow(option);
});
