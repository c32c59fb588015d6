import type { MessageCoder } from '@sokker/frame';
import { createRequest, type ClientRequest } from '@sokker/handshake';
import type { ConnectSettings } from './options.js';
import type { Hop } from './redirect.js';

/**
 * Makes the request of an attempt, with a key of its own.
 * @throws UsageError for a URL, subprotocol, extension or header that may not be sent
 */
export function requestFor(
  { url, headers }: Pick<Hop, 'url' | 'headers'>,
  { subprotocols, extensions, session }: Pick<ConnectSettings, 'subprotocols' | 'extensions' | 'session'>,
): ClientRequest<MessageCoder> {
  return createRequest<MessageCoder>(url, {
    ...(subprotocols && { subprotocols }),
    ...(extensions && { extensions }),
    ...(headers && { headers }),
    ...(session && { httpVersion: '2.0' }),
  });
}
