/** What happens to a connection for which `maxBufferedBytes` wait to be sent. */
export const SLOW_POLICIES = ['close', 'signal', 'drop-newest', 'drop-oldest', 'keep-latest'] as const;
export type SlowPolicy = (typeof SLOW_POLICIES)[number];

/** Whether nothing is ever dropped while the connection is open. */
export function keepsAll(policy: SlowPolicy): boolean {
  return policy === 'close' || policy === 'signal';
}
