import type { Declined, HeadersInput } from '@sokker/handshake';
import { ConnectError } from './errors.js';
import type { ConnectSettings, TlsOptions } from './options.js';
import { parsedUrl } from './parsed-url.js';

/** One step of the way to a WebSocket: the first, or where a redirect led. */
export interface Hop {
  readonly url: string | URL;
  readonly headers: HeadersInput | undefined;
  readonly tls: TlsOptions | undefined;
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
  ['ws:', 'ws:'],
  ['wss:', 'wss:'],
]);
/** What says who we are; it was meant for the origin we asked. */
const CREDENTIALS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];
/** The same in TLS, contexts and tickets included that were made with it. */
const TLS_IDENTITY: readonly string[] = [
  'cert',
  'key',
  'pfx',
  'passphrase',
  'servername',
  'secureContext',
  'session',
  'privateKeyIdentifier',
  'privateKeyEngine',
  'clientCertEngine',
  'pskCallback',
];

export function isRedirect({ status, headers }: Declined): boolean {
  return REDIRECTS.includes(status) && headers.has('location');
}

/**
 * Where a redirect leads.
 * @param ways what makes the connections, if anything: what it shows a server of us, a certificate for one, is out of our hands
 * @throws ConnectError `ERR_SOKKER_REDIRECT` for no URL of a WebSocket or more than one, for one that gives up TLS, and for
 *   another origin where there is an agent, or a session
 */
export function nextHop(
  hop: Hop,
  declined: Declined,
  { agent, session }: Pick<ConnectSettings, 'agent' | 'session'>,
): Hop {
  const location = declined.headers.only('location');
  // None would be read as the URL that we have just asked; of two nobody knows which is meant (RFC 9110 §10.2.2).
  if (location === undefined) throw refused(declined, 'there is not exactly one Location');
  const from = webSocketUrl(String(hop.url));
  const to = webSocketUrl(location, from?.href);
  if (from === undefined || to === undefined) throw refused(declined, 'Location is no URL of a WebSocket');
  if (from.protocol === 'wss:' && to.protocol === 'ws:') throw refused(declined, 'it gives up TLS');
  to.hash = '';
  // What Location itself holds there is the server's, not ours.
  const stays = to.host === from.host && to.protocol === from.protocol;
  to.username = stays ? from.username : '';
  to.password = stays ? from.password : '';
  if (stays) return { ...hop, url: to };
  const way = (agent && 'agent') ?? (session && 'session');
  if (way !== undefined) throw refused(declined, `to another origin, for which the ${way} may not be meant`);
  return { url: to, headers: anonymous(hop.headers), tls: without(hop.tls, TLS_IDENTITY) };
}

/** Reads a URL, http: as ws: and https: as wss:; undefined for what is none or of another scheme. */
function webSocketUrl(text: string, base?: string): URL | undefined {
  const url = parsedUrl(text, base);
  if (url === undefined) return undefined;
  const scheme = SCHEMES.get(url.protocol);
  // URL changes no scheme to one of another kind, hence through the text.
  return scheme === undefined ? undefined : new URL(`${scheme}${url.href.slice(url.protocol.length)}`);
}

function refused(declined: Declined, detail: string): ConnectError {
  return new ConnectError('ERR_SOKKER_REDIRECT', { declined, detail });
}

function anonymous(headers: HeadersInput = []): HeadersInput {
  const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers).flatMap(linesOf);
  return pairs.filter(([name]) => !CREDENTIALS.includes(name.toLowerCase()));
}

function linesOf([name, value]: [string, string | readonly string[]]): (readonly [string, string])[] {
  return typeof value === 'string' ? [[name, value]] : value.map((line) => [name, line] as const);
}

function without(tls: TlsOptions | undefined, keys: readonly string[]): TlsOptions | undefined {
  return tls && Object.fromEntries(Object.entries(tls).filter(([key]) => !keys.includes(key)));
}
