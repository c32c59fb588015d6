import { shown, UsageError } from '@sokker/frame';
import { isShareable } from './channel-names.js';
import { MAX_NAME_BYTES } from './envelope.js';

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what has not these methods */
export function checkMethods(what: string, given: unknown, methods: readonly string[]): void {
  const has = (given ?? {}) as Record<string, unknown>;
  if (methods.every((name) => typeof has[name] === 'function')) return;
  throw new UsageError('ERR_SOKKER_ARGUMENT', `${what}, not ${shown(given)}`);
}

/**
 * A client of Redis Cluster changes the node that it has subscribed at, and tells nobody what it missed.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for one, by what it has that others have not
 */
export function checkNoCluster(call: string, client: object, mark: string): void {
  const found: unknown = Reflect.get(client, mark);
  if (found === undefined || found === false) return;
  const instead = 'give a client of one node: what is published at one comes to all';
  throw new UsageError('ERR_SOKKER_ARGUMENT', `${call} takes no client of Redis Cluster: ${instead}`);
}

/** @throws UsageError `ERR_SOKKER_OPTION` for a key or a topic that no envelope has room for */
export function checkNameBytes(option: 'key' | 'except', name: string | undefined): void {
  if (name === undefined || Buffer.byteLength(name) <= MAX_NAME_BYTES) return;
  throw new UsageError('ERR_SOKKER_OPTION', `broadcast: ${option} must have at most ${MAX_NAME_BYTES} bytes of UTF-8`);
}

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what is no topic that servers can share */
export function checkSharedTopic(topic: unknown): void {
  if (topic === undefined || (typeof topic === 'string' && isShareable(topic))) return;
  throw new UsageError(
    'ERR_SOKKER_ARGUMENT',
    `a topic is a string of well-formed Unicode, of 1024 bytes at most, not ${shown(topic)}`,
  );
}
