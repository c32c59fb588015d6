import { shown, UsageError } from '@sokker/frame';
import { isShareable } from './channel-names.js';

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

/** @throws UsageError `ERR_SOKKER_OPTION` for a key, or a topic left out, that would not arrive as it is */
export function checkName(option: 'key' | 'except', name: string | undefined): void {
  if (name === undefined || isShareable(name)) return;
  const rule = `${option} must be of well-formed Unicode and 1024 bytes at most`;
  throw new UsageError('ERR_SOKKER_OPTION', `broadcast: ${rule}, not ${shown(name)}`);
}

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what is no topic that servers can share */
export function checkSharedTopic(topic: unknown): void {
  if (topic === undefined || (typeof topic === 'string' && isShareable(topic))) return;
  throw new UsageError(
    'ERR_SOKKER_ARGUMENT',
    `a topic is a string of well-formed Unicode, of 1024 bytes at most, not ${shown(topic)}`,
  );
}
