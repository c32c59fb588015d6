import { UsageError } from './errors.js';
import type { RequestHead, ResponseHead } from './message-head.js';
import { isFieldValue, isToken } from './octets.js';

const CRLF = '\r\n';

/**
 * The bytes of a request head, HTTP/1.1.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` before anything that is no head could leave: no header injection from here
 */
export function encodeRequest({ method, target, httpVersion, rawHeaders }: RequestHead): Buffer {
  if (httpVersion !== '1.1') throw notEncodable('the HTTP version is not 1.1');
  if (!isToken(method) || !isTarget(target)) throw notEncodable('the method or target is malformed');
  return Buffer.from(`${method} ${target} HTTP/1.1${CRLF}${fieldLines(rawHeaders)}${CRLF}`, 'latin1');
}

/**
 * The bytes of a response, HTTP/1.1: head, and body where there is one.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` before anything that is no head could leave; so for an answer to HTTP/2
 */
export function encodeResponse(response: ResponseHead & { readonly body?: Uint8Array }): Buffer {
  const { httpVersion, status, reason, rawHeaders, body } = response;
  if (httpVersion !== '1.1') throw notEncodable('the HTTP version is not 1.1');
  if (!Number.isInteger(status) || status < 100 || status > 599 || !isFieldValue(reason)) {
    throw notEncodable('the status or reason is malformed');
  }
  const head = Buffer.from(`HTTP/1.1 ${status} ${reason}${CRLF}${fieldLines(rawHeaders)}${CRLF}`, 'latin1');
  return body === undefined || body.length === 0 ? head : Buffer.concat([head, body]);
}

function fieldLines(rawHeaders: readonly string[]): string {
  let lines = '';
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1];
    if (!isToken(name)) throw notEncodable('a header name is not a token');
    if (value === undefined || !isFieldValue(value)) throw notEncodable(`the value of '${name}' is malformed`);
    lines += `${name}: ${value}${CRLF}`;
  }
  return lines;
}

function isTarget(target: string): boolean {
  return target !== '' && isFieldValue(target) && !target.includes(' ') && !target.includes('\t');
}

function notEncodable(what: string): UsageError {
  return new UsageError('ERR_SOKKER_ARGUMENT', `no HTTP/1.1 head: ${what}`);
}
