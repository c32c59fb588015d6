/* The rules of an upgrade over HTTP/1.1, in the order they are judged: version, method, head, target, host, body, then
 * the headers of RFC 6455 §4.2.1 (3) to (6). */
import { parseAuthority, type Authority } from './authority.js';
import { printable, violation } from './errors.js';
import { listNames } from './field-list.js';
import { judgeFields, type HeaderFields, type HeaderLimits } from './header-fields.js';
import { BASE64, isAll } from './octets.js';
import { parseTarget } from './request-target.js';
import type { JudgedRequest, UpgradeRequest } from './upgrade-request.js';

/** " HTTP/1.1" and the space before the target. */
const REQUEST_LINE_BYTES = 10;

/** @throws HandshakeError */
export function judgeUpgrade(request: UpgradeRequest, limits: HeaderLimits): JudgedRequest {
  const { method, target, httpVersion, rawHeaders } = request;
  // Stricter than RFC 6455 §4.2.1, which says 1.1 or higher: there is no HTTP/1.2, and later versions do not upgrade.
  if (httpVersion !== '1.1') throw violation('ERR_SOKKER_HTTP_VERSION', { detail: printable(httpVersion) });
  if (method !== 'GET') throw violation('ERR_SOKKER_METHOD');
  judgeTargetLength(target, limits);
  const headers = judgeFields(rawHeaders, limits, method.length + target.length + REQUEST_LINE_BYTES, 'server');
  const { path, query, authority } = parseTarget(target);
  const host = judgeHost(headers);
  judgeBody(headers);
  if (!listNames(headers.all('upgrade'), 'websocket')) throw violation('ERR_SOKKER_UPGRADE');
  if (!listNames(headers.all('connection'), 'upgrade')) throw violation('ERR_SOKKER_CONNECTION');
  judgeVersion(headers);
  const key = headers.only('sec-websocket-key');
  if (key === undefined || !isKey(key)) throw violation('ERR_SOKKER_KEY');
  return { headers, path, query, authority: authority ?? host, key };
}

export function judgeTargetLength(target: string, { maxHeadBytes }: HeaderLimits): void {
  if (target.length > maxHeadBytes)
    throw violation('ERR_SOKKER_TARGET_TOO_LONG', { detail: `over ${maxHeadBytes} bytes` });
}

function judgeHost(headers: HeaderFields): Authority {
  const authority = parseAuthority(headers.only('host') ?? '');
  if (authority === undefined) throw violation('ERR_SOKKER_HOST');
  return authority;
}

/**
 * Bytes after the head belong to the WebSocket. Node's parsers disagree, from version to version, on whose the bytes of
 * a body are; refusing the request gives one answer everywhere.
 */
export function judgeBody(headers: HeaderFields): void {
  if (headers.has('transfer-encoding')) throw violation('ERR_SOKKER_BODY');
  if (headers.has('content-length') && headers.only('content-length') !== '0') throw violation('ERR_SOKKER_BODY');
  if (headers.has('expect')) throw violation('ERR_SOKKER_EXPECTATION');
}

/** RFC 6455 §11.3.5: once; and no other spelling of 13 (§4.3). */
export function judgeVersion(headers: HeaderFields): void {
  if (headers.only('sec-websocket-version') !== '13') throw violation('ERR_SOKKER_VERSION');
}

const KEY_DIGITS = 22;

/**
 * 16 bytes in base64: 22 digits and `==`. The four bits left over in the last digit may be set: some devices do
 * that, and so does the example of RFC 6455 §4.1 (7).
 */
function isKey(key: string): boolean {
  return key.length === KEY_DIGITS + 2 && key.endsWith('==') && isAll(BASE64, key.slice(0, KEY_DIGITS));
}
