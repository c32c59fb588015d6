import { shown, UsageError } from '@sokker/frame';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { handBack } from './other-protocol.js';
import { printable } from './printable.js';
import type { ViolationCode } from './violations.js';

/** A server of node:http or node:https, or another that speaks HTTP/1 and emits 'upgrade' as they do: `allowHTTP1`. */
export type UpgradeEmitter = HttpServer | HttpsServer | Http2SecureServer;

export interface Attachment {
  /** The one path that it claims, undefined for every path, or the function that decides. */
  readonly path: string | ((path: string) => boolean) | undefined;
  claims(path: string): boolean;
  /** The application's part of `claims` threw, or `take` did; the peer gets its answer. */
  onFault(error: unknown): void;
  /** Refuses a request; one whose socket somebody has taken is theirs to answer. */
  turnAway(code: ViolationCode, request: IncomingMessage, socket: Duplex, detail?: string): void;
  /** @throws ServerError `ERR_SOKKER_SOCKET_TAKEN` */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Who answers on which listener: several servers may share one, and the first that claims a path has it. */
const attached = new WeakMap<UpgradeEmitter, Attachments>();

/**
 * Has `attachment` answer the upgrade requests of `server` that it claims; returns what undoes it.
 * @throws UsageError `ERR_SOKKER_OPTION` where one attached before leaves nothing for it
 */
export function attach(server: UpgradeEmitter, attachment: Attachment): () => void {
  let attachments = attached.get(server);
  if (attachments === undefined) {
    attachments = new Attachments(server);
    attached.set(server, attachments);
  }
  return attachments.add(attachment);
}

class Attachments {
  readonly #server: UpgradeEmitter;
  readonly #attachments = new Set<Attachment>();

  constructor(server: UpgradeEmitter) {
    this.#server = server;
  }

  add(attachment: Attachment): () => void {
    for (const { path } of this.#attachments) {
      if (path === undefined || path === attachment.path) throw nothingLeft(path);
    }
    // Whoever removes all listeners of their server removes ours.
    if (!this.#server.listeners('upgrade').includes(this.#dispatch)) this.#server.on('upgrade', this.#dispatch);
    this.#attachments.add(attachment);
    return () => {
      this.#attachments.delete(attachment);
      if (this.#attachments.size === 0) this.#server.off('upgrade', this.#dispatch);
    };
  }

  readonly #dispatch = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Another listener may know the path, or the protocol.
    const isAlone = this.#server.listenerCount('upgrade') === 1;
    if (isAlone && handBack(this.#server, request, socket, head)) return;
    const path = pathOf(request.url ?? '');
    for (const attachment of this.#attachments) {
      try {
        if (attachment.claims(path)) return attachment.take(request, socket, head);
      } catch (error) {
        attachment.turnAway('ERR_SOKKER_UPGRADE_FAULT', request, socket);
        return attachment.onFault(error);
      }
    }
    // Nobody else: then the peer must not be left waiting. One speaks for all.
    const [first] = this.#attachments;
    if (isAlone) first?.turnAway('ERR_SOKKER_PATH', request, socket, printable(path));
  };
}

function nothingLeft(path: Attachment['path']): UsageError {
  const given = typeof path === 'function' ? 'the same path function' : `the path ${shown(path)}`;
  const taken = path === undefined ? 'every path' : given;
  const instead = 'give each a path of its own, attach the one without a path last, or detach the other first';
  return new UsageError('ERR_SOKKER_OPTION', `attach: a server is attached for ${taken} already: ${instead}`);
}

/** The path of a request target in origin form or absolute form (RFC 9112 §3.2), not decoded. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  const resource = query === -1 ? target : target.slice(0, query);
  if (resource.startsWith('/')) return resource;
  const scheme = resource.indexOf('://');
  const slash = scheme === -1 ? -1 : resource.indexOf('/', scheme + 3);
  return slash === -1 ? '/' : resource.slice(slash);
}
