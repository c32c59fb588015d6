export type { Backplane, BackplaneListener } from './backplane.js';
export { channels } from './channels.js';
export { Cluster } from './cluster.js';
export { ClusterError } from './errors.js';
export type { ClusterEvents } from './herald.js';
export { ioredisBackplane } from './ioredis-backplane.js';
export type { IoredisClient, IoredisDuplicate, IoredisOverrides } from './ioredis-backplane.js';
export type { ClusterMetrics } from './metrics.js';
export { natsBackplane } from './nats-backplane.js';
export type { NatsCallback, NatsConnection, NatsStatus, NatsStatuses, NatsSubscription } from './nats-backplane.js';
export {
  BACKPLANE_OPTIONS,
  CLUSTER_BROADCAST_OPTIONS,
  CLUSTER_OPTIONS,
  PROCESS_OPTIONS,
  RELAY_OPTIONS,
} from './options.js';
export type {
  BackplaneOptions,
  ClusterBroadcastOptions,
  ClusterOptions,
  ProcessOptions,
  RelayOptions,
} from './options.js';
export { processBackplane } from './process-backplane.js';
export { redisBackplane } from './redis-backplane.js';
export type { RedisClient, RedisSubscriber } from './redis-backplane.js';
export { relayWorkers } from './relay.js';
export { threadBackplane } from './thread-backplane.js';
export { FAULTS } from './violations.js';
export type { FaultCode } from './violations.js';
