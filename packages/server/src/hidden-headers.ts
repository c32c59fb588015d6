import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Http2Emitter } from './extended-connect.js';

/** What is used of a server of node:http. */
interface HeaderLimit {
  readonly maxHeadersCount?: number | null;
}

/** So many headers node:http shows where it is not told how many; it takes those beyond all the same. */
const MAX_HEADERS = 1000;

/** Whether a request may have headers that node:http does not show: as many as it shows at most are there. */
export function mayHideHeaders(server: HeaderLimit | Http2Emitter, { rawHeaders }: IncomingMessage): boolean {
  // That a server of node:http2 has it too is in no declaration.
  const most = (server as HeaderLimit).maxHeadersCount ?? MAX_HEADERS;
  return most > 0 && rawHeaders.length >= 2 * most;
}

/** The server of node:http that serves a socket, which Node does not document; one with its defaults, where unknown. */
export function httpServerOf(socket: Duplex): HeaderLimit {
  return (socket as { readonly server?: HeaderLimit }).server ?? {};
}
