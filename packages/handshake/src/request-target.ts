import { parseAuthority, type Authority } from './authority.js';
import { violation } from './errors.js';
import { HEX } from './octets.js';

/** The resource name of RFC 6455 §3, in its two parts, as it was sent: nothing is decoded. */
export interface RequestTarget {
  /** Begins with `/`; every `%` in it is followed by two hexadecimal digits. */
  readonly path: string;
  /** What follows `?`, which is not part of it; empty where there is none. */
  readonly query: string;
  /** Of the absolute form; it counts in place of Host (RFC 9112 §3.2.2). */
  readonly authority: Authority | undefined;
}

const SCHEMES = ['http://', 'https://'];

/**
 * Reads `/path?query` or an absolute http or https URI (RFC 6455 §4.2.1); any other form is refused, as is a fragment
 * (§3). Laxer than RFC 3986 §3.3: visible ASCII that browsers leave unencoded, such as `|`, may stand.
 * @throws HandshakeError `ERR_SOKKER_TARGET`
 */
export function parseTarget(target: string): RequestTarget {
  if (!isVisible(target)) throw violation('ERR_SOKKER_TARGET');
  if (target.startsWith('/')) return splitQuery(target, undefined);
  const head = target.slice(0, 8).toLowerCase();
  const scheme = SCHEMES.find((each) => head.startsWith(each));
  if (scheme === undefined) throw violation('ERR_SOKKER_TARGET');
  const rest = target.slice(scheme.length);
  const end = authorityEnd(rest);
  const authority = parseAuthority(rest.slice(0, end));
  if (authority === undefined) throw violation('ERR_SOKKER_TARGET');
  const resource = rest.slice(end);
  return splitQuery(resource.startsWith('/') ? resource : `/${resource}`, authority);
}

function authorityEnd(text: string): number {
  let end = 0;
  while (end < text.length && text[end] !== '/' && text[end] !== '?') end++;
  return end;
}

function splitQuery(resource: string, authority: Authority | undefined): RequestTarget {
  const mark = resource.indexOf('?');
  const path = mark === -1 ? resource : resource.slice(0, mark);
  // Routers decode paths, and decodeURIComponent throws; URLSearchParams, which reads queries, does not.
  if (!isPercentEncoded(path)) throw violation('ERR_SOKKER_TARGET');
  return { path, query: mark === -1 ? '' : resource.slice(mark + 1), authority };
}

/** Visible ASCII without `#`. */
function isVisible(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x21 || code > 0x7e || code === 0x23) return false;
  }
  return true;
}

function isPercentEncoded(path: string): boolean {
  for (let index = path.indexOf('%'); index !== -1; index = path.indexOf('%', index + 1)) {
    if (HEX[path.charCodeAt(index + 1)] !== 1 || HEX[path.charCodeAt(index + 2)] !== 1) return false;
  }
  return true;
}
