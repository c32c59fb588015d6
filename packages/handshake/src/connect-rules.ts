/* The rules of an extended CONNECT (RFC 8441 §4, §5; RFC 9220 §3 says the same of HTTP/3). Pseudo-headers other than
 * `:path`, `:protocol` and `:method`, which the request has as fields, are read from rawHeaders. */
import { parseAuthority, type Authority } from './authority.js';
import { violation } from './errors.js';
import { HeaderFields, judgeFields, type HeaderLimits } from './header-fields.js';
import { STREAM_VERSIONS } from './message-head.js';
import { parseTarget } from './request-target.js';
import type { JudgedRequest, UpgradeRequest } from './upgrade-request.js';
import { judgeBody, judgeTargetLength, judgeVersion } from './upgrade-rules.js';

const PSEUDO_HEADERS = [':method', ':protocol', ':scheme', ':path', ':authority'];
/** RFC 9113 §8.2.2; transfer-encoding is refused as a body. */
const CONNECTION_HEADERS = ['connection', 'upgrade', 'keep-alive', 'proxy-connection'];

/** @throws HandshakeError */
export function judgeConnect(request: UpgradeRequest, limits: HeaderLimits): JudgedRequest {
  const { method, target, httpVersion, rawHeaders, protocol } = request;
  if (!STREAM_VERSIONS.includes(httpVersion)) throw violation('ERR_SOKKER_HTTP_VERSION');
  if (method !== 'CONNECT' || protocol === undefined) throw violation('ERR_SOKKER_PSEUDO_HEADER');
  judgeTargetLength(target, limits);
  const { pseudo, fields } = splitPseudoHeaders(rawHeaders);
  const headers = judgeFields(fields, limits, target.length, 'server');
  const authority = judgePseudoHeaders(pseudo, target);
  if (protocol.toLowerCase() !== 'websocket') throw violation('ERR_SOKKER_PROTOCOL');
  if (CONNECTION_HEADERS.some((name) => headers.has(name))) throw violation('ERR_SOKKER_CONNECTION_HEADER');
  if ((headers.get('te') ?? 'trailers') !== 'trailers') throw violation('ERR_SOKKER_CONNECTION_HEADER');
  judgeHost(headers, authority);
  judgeBody(headers);
  judgeVersion(headers);
  const { path, query } = parseTarget(target);
  // RFC 8441 §5: a Sec-WebSocket-Key is not processed, `:protocol` has taken its place.
  return { headers, path, query, authority, key: undefined };
}

function splitPseudoHeaders(rawHeaders: readonly string[]): { pseudo: string[]; fields: string[] } {
  const pseudo: string[] = [];
  const fields: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    (name.startsWith(':') ? pseudo : fields).push(...rawHeaders.slice(index, index + 2));
  }
  return { pseudo, fields };
}

/** RFC 8441 §4 asks for `:scheme` and `:path` too, §5 for `:authority`; RFC 9113 §8.3 lets each stand once. */
function judgePseudoHeaders(pseudo: readonly string[], target: string): Authority {
  const headers = new HeaderFields(pseudo);
  const names = pseudo.filter((_, index) => index % 2 === 0);
  const isKnown = names.every((name) => PSEUDO_HEADERS.includes(name)) && new Set(names).size === names.length;
  const scheme = headers.only(':scheme');
  const authority = parseAuthority(headers.only(':authority') ?? '');
  const isWhole = target.startsWith('/') && (scheme === 'http' || scheme === 'https');
  if (!isKnown || !isWhole || authority === undefined) throw violation('ERR_SOKKER_PSEUDO_HEADER');
  return authority;
}

/** RFC 9113 §8.3.1: a Host must not differ from `:authority`. */
function judgeHost(headers: HeaderFields, authority: Authority): void {
  if (!headers.has('host')) return;
  const host = parseAuthority(headers.only('host') ?? '');
  if (host?.host !== authority.host || host.port !== authority.port) throw violation('ERR_SOKKER_HOST');
}
