import type { ClientHttp2Session } from 'node:http2';
import { unreachable } from './address.js';
import { unlessAborted } from './deadline.js';

/** Of each session that was used: its server is asked once, not for each attempt. */
const introductions = new WeakMap<ClientHttp2Session, Promise<void>>();

/**
 * Waits until the server of a session has said what it can: afterwards `remoteSettings` tell. Rejects with
 * `ERR_SOKKER_UNREACHABLE` where the session has ended, or ends before that.
 */
export async function introduced(session: ClientHttp2Session, signal: AbortSignal): Promise<void> {
  const introduction = introductions.get(session) ?? introductionOf(session);
  introductions.set(session, introduction);
  // An attempt that was given up does not hear of it.
  introduction.catch(() => undefined);
  await unlessAborted<unknown>(signal, (resolve, reject) => void introduction.then(resolve, reject));
  if (session.closed || session.destroyed) throw gone('it is closed');
}

export function gone(detail?: string, cause?: unknown): Error {
  return unreachable('over the session', cause, detail);
}

/**
 * What a server can it says before anything else (RFC 9113 §3.4), so that the answer to a Ping cannot overtake it; whether
 * it has come already, node:http2 does not tell.
 */
function introductionOf(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const release = (): void => void session.off('remoteSettings', onKnown).off('error', onGone).off('close', onGone);
    const onKnown = (): void => {
      release();
      resolve();
    };
    const onGone = (cause?: Error): void => {
      release();
      reject(gone(cause === undefined ? 'it was closed' : undefined, cause));
    };
    if (session.closed || session.destroyed) return onGone();
    session.on('remoteSettings', onKnown).on('error', onGone).on('close', onGone);
    // No other Ping may be sent where ten are under way: then the server has spoken long since.
    if (session.connecting) return;
    session.ping(() => {
      if (!session.destroyed) onKnown();
    });
  });
}
