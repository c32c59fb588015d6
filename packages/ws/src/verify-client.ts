import { asError } from '@sokker/connection';
import { RESPONSE_HEADERS } from '@sokker/handshake';
import { reject } from '@sokker/server';
import { STATUS_CODES, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { VerifyClientCallbackAsync, VerifyClientCallbackSync } from './server-options.js';

const UNAUTHORIZED = 401;

/** @throws Rejection where the client is not to be let in */
export async function verify(
  verifyClient: VerifyClientCallbackSync | VerifyClientCallbackAsync,
  req: IncomingMessage,
): Promise<void> {
  const secure = (req.socket as Partial<TLSSocket>).encrypted === true;
  const info = { origin: req.headers.origin as string, secure, req };
  // As `ws` tells them apart: who names a callback calls it.
  if (verifyClient.length < 2) {
    if ((verifyClient as VerifyClientCallbackSync)(info)) return;
    return refuse();
  }
  await new Promise<void>((resolve, fail) => {
    verifyClient(info, (result, status, message, headers) => {
      if (result) return resolve();
      try {
        refuse(status, message, headers);
      } catch (error) {
        fail(asError(error));
      }
    });
  });
}

function refuse(code?: number | null, message?: string | null, headers?: OutgoingHttpHeaders | null): never {
  // Another would be no refusal, and some headers are not the application's to say.
  const status = typeof code === 'number' && code >= 300 && code <= 599 ? code : UNAUTHORIZED;
  const sent = Object.entries(headers ?? {}).filter(([name]) => !RESPONSE_HEADERS.has(name.toLowerCase()));
  return reject(status, {
    headers: sent.flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)] as const)),
    body: message ?? STATUS_CODES[status] ?? '',
  });
}
