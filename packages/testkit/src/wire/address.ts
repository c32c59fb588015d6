/** Where a server under test is. */
import { UsageError } from '../errors.js';
import { show } from '../options.js';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** What stands in `Host`. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
}

/**
 * Reads the URL of a server (RFC 6455 §3).
 * @throws UsageError `ERR_SOKKER_ARGUMENT`
 */
export function addressOf(url: string | URL): Address {
  const { protocol, username, password, hostname, port, host, pathname, search, hash } = parsed(url);
  const isWebSocket = protocol === 'ws:' || protocol === 'wss:';
  if (!isWebSocket || hash !== '' || username !== '' || password !== '') throw notThat(url);
  const isSecure = protocol === 'wss:';
  return {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    isSecure,
    authority: host,
    target: pathname + search,
  };
}

function parsed(url: string | URL): URL {
  try {
    return new URL(url);
  } catch {
    throw notThat(url);
  }
}

function notThat(url: unknown): UsageError {
  const given = url instanceof URL ? url.href : url;
  return new UsageError(
    'ERR_SOKKER_ARGUMENT',
    `the URL of a server begins with ws:// or wss://, and has neither fragment nor password: ${show(given)}`,
  );
}
