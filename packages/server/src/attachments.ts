import { breakOff } from '@sokker/connection';
import { shown, UsageError } from '@sokker/frame';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { connectListeners, isHttp2Server, type Http2Emitter } from './extended-connect.js';
import { isHttp2Stream } from './http2-stream.js';
import { warnOfOldNode } from './old-node.js';
import { handBack } from './other-protocol.js';
import { printable } from './printable.js';
import { requestOfUpgrade, type ReadRequest } from './read-request.js';
import type { ViolationCode } from './violations.js';

/** A server of node:http, node:https or node:http2, this one with or without `allowHTTP1`. */
export type UpgradeEmitter = HttpServer | HttpsServer | Http2Emitter;

export interface Attachment {
  /** The one path that it claims, undefined for every path, or the function that decides. */
  readonly path: string | ((path: string) => boolean) | undefined;
  claims(path: string): boolean;
  /** The application's part of `claims` threw, or `take` did; the peer gets its answer. */
  onFault(error: unknown): void;
  /** Refuses a request; one whose socket somebody has taken is theirs to answer. */
  turnAway(code: ViolationCode, read: ReadRequest, detail?: string): void;
  /** Refuses a stream that those who listen beside us have left without an answer for as long as a handshake may take. */
  turnAwayLater(code: ViolationCode, read: ReadRequest, detail?: string): void;
  /** @throws ServerError `ERR_SOKKER_SOCKET_TAKEN` */
  take(read: ReadRequest): void;
}

const WEBSOCKET = 'websocket';

/** Who answers on which listener: several servers may share one, and the first that claims a path has it. */
const attached = new WeakMap<UpgradeEmitter, Attachments>();

/**
 * Has `attachment` answer the requests for WebSockets of `server` that it claims; returns what undoes it.
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
  /** By the names of their events. */
  readonly #listeners: ReadonlyMap<string, () => void>;

  constructor(server: UpgradeEmitter) {
    this.#server = server;
    const upgrade = ['upgrade', this.#onUpgrade as () => void] as const;
    if (isHttp2Server(server)) {
      // RFC 8441 §3: nobody may ask for a WebSocket over HTTP/2 before we have said that we know what that is.
      server.updateSettings({ enableConnectProtocol: true });
      warnOfOldNode();
      this.#listeners = new Map([upgrade, ...connectListeners(server, this.#dispatch)]);
    } else this.#listeners = new Map([upgrade]);
  }

  add(attachment: Attachment): () => void {
    for (const { path } of this.#attachments) {
      if (path === undefined || path === attachment.path) throw nothingLeft(path);
    }
    for (const [event, listener] of this.#listeners) {
      // Whoever removes all listeners of their server removes ours.
      if (!this.#server.listeners(event).includes(listener)) this.#server.on(event, listener);
    }
    this.#attachments.add(attachment);
    return () => {
      this.#attachments.delete(attachment);
      if (this.#attachments.size > 0) return;
      for (const [event, listener] of this.#listeners) this.#server.off(event, listener);
    };
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const isAlone = this.#server.listenerCount('upgrade') === 1;
    if (isAlone && handBack(this.#server, request, socket, head)) return;
    this.#dispatch(requestOfUpgrade(request, socket, head), isAlone);
  };

  /** @param isAlone whether nobody else listens: another may know the path, or the protocol */
  readonly #dispatch = (read: ReadRequest, isAlone: boolean): void => {
    const path = pathOf(read.request.target);
    const { protocol = WEBSOCKET } = read.request;
    for (const attachment of isAlone || protocol === WEBSOCKET ? this.#attachments : []) {
      try {
        if (attachment.claims(path)) return attachment.take(read);
      } catch (error) {
        attachment.turnAway('ERR_SOKKER_UPGRADE_FAULT', read);
        return attachment.onFault(error);
      }
    }
    // Nobody else: then the peer must not be left waiting. One speaks for all.
    const [first] = this.#attachments;
    // All were detached meanwhile: a stream is looked at a turn after it was asked for.
    if (first === undefined) return breakOff(read.duplex);
    const refused = ['ERR_SOKKER_PATH', read, printable(path)] as const;
    if (isAlone) first.turnAway(...refused);
    else if (isHttp2Stream(read.duplex)) first.turnAwayLater(...refused);
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
