import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';

/** Someone of ours who listens for upgrades. */
export interface Sharer {
  shouldHandle(request: IncomingMessage): boolean | Promise<boolean>;
}

/** Who of ours listens on which server. */
const sharers = new WeakMap<HttpServer | HttpsServer, Set<Sharer>>();

export function share(server: HttpServer | HttpsServer, sharer: Sharer): void {
  const all = sharers.get(server) ?? new Set();
  sharers.set(server, all.add(sharer));
}

export function unshare(server: HttpServer | HttpsServer, sharer: Sharer): void {
  sharers.get(server)?.delete(sharer);
}

/**
 * Whether an upgrade request is `sharer`'s to answer. One that is nobody's is the first's to refuse, unless others than ours
 * listen: then it may be theirs.
 */
export function isFor(sharer: Sharer, server: HttpServer | HttpsServer, request: IncomingMessage): boolean {
  const listeners = server.listenerCount('upgrade');
  if (listeners === 1) return true;
  const all = [...(sharers.get(server) ?? [])];
  const takers = all.filter((each) => mayHandle(each, request));
  if (takers.length > 0) return takers[0] === sharer;
  return all[0] === sharer && listeners === all.length;
}

/** Who takes a while to say so may; it is asked again when its turn has come, and then heard. */
function mayHandle(sharer: Sharer, request: IncomingMessage): boolean {
  const answer = sharer.shouldHandle(request);
  if (typeof answer === 'boolean') return answer;
  answer.catch(() => undefined);
  return true;
}
