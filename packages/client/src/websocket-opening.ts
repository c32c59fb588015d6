import { Connection } from '@sokker/connection';
import { HandshakeError, VIOLATIONS, type HeaderFields } from '@sokker/handshake';
import { open, type Opened } from './connect.js';
import { readConnectOptions } from './options.js';
import { optionsFor, type WebSocketOptions } from './websocket-options.js';

/**
 * Opens a WebSocket as a browser does.
 * @param protocols to offer; where there are any, the server has to choose one
 * @param options checked, but for what contradicts itself
 * @throws UsageError `ERR_SOKKER_OPTION`, at once
 */
export function openWebSocket(
  url: URL,
  protocols: readonly string[],
  options: WebSocketOptions,
  signal: AbortSignal,
): Promise<Opened<Connection>> {
  const settings = readConnectOptions(optionsFor(protocols, options, signal));
  const onHeaders = (headers: HeaderFields): void => {
    if (protocols.length > 0) expectProtocol(headers);
    settings.onHeaders?.(headers);
  };
  return open(url, { ...settings, onHeaders }, (...all) => new Connection(...all));
}

/**
 * Stricter than RFC 6455 §4.1, which lets a server choose none: WHATWG WebSockets, "establish a WebSocket connection",
 * fails the connection then.
 */
function expectProtocol(headers: HeaderFields): void {
  const code = 'ERR_SOKKER_RESPONSE_SUBPROTOCOL';
  if (headers.has('sec-websocket-protocol')) return;
  throw new HandshakeError(code, VIOLATIONS[code], { role: 'client', detail: 'none was chosen' });
}
