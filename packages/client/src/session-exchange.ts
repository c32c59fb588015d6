/* The way over HTTP/2 (RFC 8441): a stream of a session that somebody else has opened, and goes on to own. */
import { breakOff } from '@sokker/connection';
import { shown, UsageError } from '@sokker/frame';
import { nodeHeaders, type ClientRequest, type ResponseHead } from '@sokker/handshake';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { unreachable } from './address.js';
import { unlessAborted, type Deadline } from './deadline.js';
import { guard, unusable, type Route } from './dial.js';
import { codeOf, ConnectError, handshakeFault } from './errors.js';
import { MAX_INTERIM_RESPONSES, type Exchange } from './exchange.js';
import { gone, introduced } from './introduction.js';
import { isSession, type ConnectSettings } from './options.js';

export async function exchangeOverSession(
  { request }: Route,
  settings: ConnectSettings,
  deadline: Deadline,
): Promise<Exchange> {
  deadline.signal.throwIfAborted();
  deadline.start('connect', settings.connectTimeoutMs);
  const session = guard(await sessionOf(settings, deadline.signal));
  await introduced(session, deadline.signal);
  if (request.secure && session.encrypted !== true) {
    throw new ConnectError('ERR_SOKKER_TLS', { detail: 'the session is not encrypted' });
  }
  if (session.remoteSettings.enableConnectProtocol !== true) throw new ConnectError('ERR_SOKKER_NO_EXTENDED_CONNECT');
  deadline.start('handshake', settings.handshakeTimeoutMs);
  const stream = guard(send(session, request));
  const response = await responseOn(stream, deadline.signal);
  return { response, stream, head: undefined, body: { source: stream, decoder: undefined } };
}

async function sessionOf({ session: source }: ConnectSettings, signal: AbortSignal): Promise<ClientHttp2Session> {
  if (typeof source !== 'function') return checked(source);
  const made = await unlessAborted<unknown>(signal, (resolve, reject) => {
    const asked = (async () => source(signal))();
    asked.then(
      (session) => {
        // Of one that comes too late, too, nobody else may hear the errors.
        if (isSession(session)) guard(session);
        resolve(session);
      },
      (cause: unknown) => reject(unreachable('through session', cause)),
    );
  });
  return checked(made);
}

function checked(given: unknown): ClientHttp2Session {
  if (isSession(given)) return given;
  throw new UsageError(
    'ERR_SOKKER_ARGUMENT',
    `connect: session must answer a session of node:http2, not ${shown(given)}`,
  );
}

function send(session: ClientHttp2Session, { rawHeaders }: ClientRequest): ClientHttp2Stream {
  try {
    return session.request(nodeHeaders(rawHeaders), { endStream: false });
  } catch (cause) {
    // Two values for a name that has one, say, are the caller's, and no fault of the session.
    if (codeOf(cause)?.includes('HEADER') !== true) throw gone(undefined, cause);
    throw unusable('headers', cause);
  }
}

function responseOn(stream: ClientHttp2Stream, signal: AbortSignal): Promise<ResponseHead> {
  const giveUp = (): void => breakOff(stream);
  return unlessAborted(
    signal,
    (resolve, reject) => {
      let interim = 0;
      stream.on('headers', () => {
        if (++interim <= MAX_INTERIM_RESPONSES) return;
        giveUp();
        reject(handshakeFault('ERR_SOKKER_TOO_MANY_INTERIM'));
      });
      stream.once('response', (headers: IncomingHttpHeaders, _flags: number, rawHeaders?: readonly string[]) =>
        resolve(headOf(headers, rawHeaders)),
      );
      stream.once('error', (cause: Error) => reject(gone(undefined, cause)));
      stream.once('close', () => reject(gone('the stream ended without an answer')));
    },
    giveUp,
  );
}

/** @param rawHeaders as they came; Node.js does not say in its documentation that it tells them */
function headOf(headers: IncomingHttpHeaders, rawHeaders: readonly string[] = linesOf(headers)): ResponseHead {
  const fields = rawHeaders.filter((_, index) => !(rawHeaders[index - (index % 2)] ?? '').startsWith(':'));
  return { httpVersion: '2.0', status: Number(headers[':status']), reason: '', rawHeaders: fields };
}

function linesOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value = '']) => [value].flat().flatMap((line) => [name, line]));
}
