import { shown, UsageError } from '@sokker/frame';
import { isShareable } from './channel-names.js';
import { MAX_KEY_BYTES } from './envelope.js';

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what has not these methods */
export function checkMethods(what: string, given: unknown, methods: readonly string[]): void {
  const has = (given ?? {}) as Record<string, unknown>;
  if (methods.every((name) => typeof has[name] === 'function')) return;
  throw new UsageError('ERR_SOKKER_ARGUMENT', `${what}, not ${shown(given)}`);
}

/** @throws UsageError `ERR_SOKKER_OPTION` for a key that no envelope has room for */
export function checkKeyBytes(key: string | undefined): void {
  if (key === undefined || Buffer.byteLength(key) <= MAX_KEY_BYTES) return;
  throw new UsageError('ERR_SOKKER_OPTION', `broadcast: key must have at most ${MAX_KEY_BYTES} bytes of UTF-8`);
}

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what is no topic that servers can share */
export function checkSharedTopic(topic: unknown): void {
  if (topic === undefined || (typeof topic === 'string' && isShareable(topic))) return;
  throw new UsageError('ERR_SOKKER_ARGUMENT', `a topic is a string of well-formed Unicode, not ${shown(topic)}`);
}
