import { shown, UsageError } from '@sokker/frame';
import type { ClientRequest } from '@sokker/handshake';
import type { LookupAddress } from 'node:dns';
import type { EventEmitter } from 'node:events';
import { connect as connectTcp, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { lookupOf, placeOf, unreachable } from './address.js';
import { unlessAborted, type Deadline } from './deadline.js';
import { codeOf, ConnectError } from './errors.js';
import type { ConnectSettings, TlsOptions } from './options.js';

/** Where a request goes, and what is known of how to get there. */
export interface Route {
  readonly request: ClientRequest;
  /** None where somebody else finds the way. */
  readonly addresses: readonly LookupAddress[];
  readonly tls: TlsOptions | undefined;
}

/** A stream to the server, encrypted where the request says so. On failure nothing stays open. */
export async function dial(route: Route, settings: ConnectSettings, deadline: Deadline): Promise<Duplex> {
  deadline.start('connect', settings.connectTimeoutMs);
  const plain = await openPlain(route, settings, deadline.signal);
  if (!route.request.secure) return plain;
  deadline.start('tls', settings.tlsTimeoutMs);
  // Errors of the stream below show on the TLS socket; one may come when that is gone.
  guard(plain);
  try {
    const secure = blaming('tls', () => connectTls({ ...tlsOptions(route), socket: plain }));
    return await until(secure, 'secureConnect', deadline.signal, insecure);
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

/**
 * Verification is on whatever NODE_TLS_REJECT_UNAUTHORIZED says, since only code that names it can be found again. RFC
 * 6066 §3: no address goes into the server name.
 */
export function tlsOptions({ request, tls }: Pick<Route, 'request' | 'tls'>): ConnectionOptions {
  const { hostname: host } = request;
  const servername = isIP(host) === 0 ? host : '';
  return { rejectUnauthorized: true, ALPNProtocols: ['http/1.1'], servername, ...tls, host };
}

async function openPlain(route: Route, settings: ConnectSettings, signal: AbortSignal): Promise<Duplex> {
  if (settings.dial !== undefined) return openWith(settings.dial, route, signal);
  const { hostname: host, port } = route.request;
  // RFC 6455 §5.5.1: a Close is answered, also one that is read late, when the server has ended its side. TLS does as the
  // socket below it.
  const allowHalfOpen = true;
  const socket =
    settings.socketPath === undefined
      ? connectTcp({ host, port, lookup: lookupOf(route.addresses), noDelay: true, allowHalfOpen })
      : connectTcp({ path: settings.socketPath, allowHalfOpen });
  return until(socket, 'connect', signal, (cause) => unreachable(placeOf(route.request, settings.socketPath), cause));
}

/**
 * What Node refuses at once is for the caller to mend. Not told in Node's words: they may show what was given, such as
 * a key.
 * @param option whose fault that is
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function blaming<Thing>(option: string, make: () => Thing): Thing {
  try {
    return make();
  } catch (cause) {
    throw unusable(option, cause);
  }
}

export function unusable(option: string, cause: unknown): UsageError {
  const code = codeOf(cause);
  const text = `connect: ${option} cannot be used${code === undefined ? '' : `: ${code}`}`;
  return new UsageError('ERR_SOKKER_OPTION', text, { cause });
}

export function insecure(cause?: unknown): ConnectError {
  return new ConnectError('ERR_SOKKER_TLS', { cause, detail: codeOf(cause) });
}

/** A stream that comes after all was given up is destroyed. Rejects with UsageError for what is none. */
function openWith(
  open: NonNullable<ConnectSettings['dial']>,
  { request }: Route,
  signal: AbortSignal,
): Promise<Duplex> {
  return unlessAborted(signal, (resolve, reject) => {
    const { hostname, port, secure } = request;
    const opened = (async () => open({ hostname, port, secure, signal }))();
    opened.then(
      (stream) => {
        if (!isDuplex(stream)) reject(noDuplex(stream));
        else if (signal.aborted) guard(stream).destroy();
        else resolve(stream);
      },
      (cause: unknown) => reject(unreachable('through dial', cause)),
    );
  });
}

/** By what a connection does with it: those of other libraries are of no class of Node. */
function isDuplex(given: unknown): boolean {
  const { on, write, destroy } = (given ?? {}) as Record<string, unknown>;
  return [on, write, destroy].every((method) => typeof method === 'function');
}

function noDuplex(given: unknown): UsageError {
  return new UsageError('ERR_SOKKER_ARGUMENT', `connect: dial must answer a Duplex, not ${shown(given)}`);
}

/** Waits for `event`; whatever comes instead destroys the stream and rejects with what `failure` makes of it. */
function until<Stream extends Duplex>(
  stream: Stream,
  event: string,
  signal: AbortSignal,
  failure: (cause?: Error) => ConnectError,
): Promise<Stream> {
  guard(stream);
  const destroy = (): void => {
    stream.destroy();
  };
  return unlessAborted(
    signal,
    (resolve, reject) => {
      const release = (): void => void stream.off(event, onEvent).off('error', onError).off('close', onClose);
      const fail = (cause?: Error): void => {
        release();
        destroy();
        reject(failure(cause));
      };
      const onEvent = (): void => {
        release();
        resolve(stream);
      };
      const onError = (error: Error): void => fail(error);
      const onClose = (): void => fail();
      stream.on(event, onEvent).on('error', onError).on('close', onClose);
    },
    destroy,
  );
}

/** The end of a stream is told in other ways; an error that nobody hears would end the process. */
export function guard<Stream extends EventEmitter>(stream: Stream): Stream {
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  return stream;
}

function ignore(): void {
  // Told in another way.
}
