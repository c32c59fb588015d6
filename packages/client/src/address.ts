import type { ClientRequest } from '@sokker/handshake';
import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { unlessAborted } from './deadline.js';
import { codeOf, ConnectError } from './errors.js';

type Target = Pick<ClientRequest, 'hostname' | 'port'>;

/** The codes of a lookup that went well, and found nothing. With any other nobody knows whether there is an address. */
const NO_ADDRESS: readonly string[] = ['ENOTFOUND', 'ENODATA'];

/** Where a request goes, as it may stand in a message. */
export function placeOf({ hostname, port }: Target, socketPath?: string): string {
  return socketPath ?? `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
}

/**
 * @param where the place that was dialled, or who was to find the way: that knows no place
 * @param detail what was seen there; default: the code of the cause
 */
export function unreachable(where: string, cause?: unknown, detail = codeOf(cause)): ConnectError {
  const seen = detail === undefined ? where : `${where}: ${detail}`;
  return new ConnectError('ERR_SOKKER_UNREACHABLE', { cause, detail: seen });
}

/**
 * The addresses of a host, in the order to try them. Looked up ahead of connecting, because RFC 6455 §4.1 tells hosts
 * apart by address. Rejects with `ERR_SOKKER_UNREACHABLE`.
 */
export function addressesOf(
  request: Target,
  lookup: LookupFunction | undefined,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const { hostname } = request;
  const family = isIP(hostname);
  if (family !== 0) return Promise.resolve([{ address: hostname, family }]);
  const find: LookupFunction = lookup ?? dnsLookup;
  return unlessAborted(signal, (resolve, reject) => {
    find(hostname, { all: true }, (error: Error | null | undefined, found, version = 4) => {
      const addresses = typeof found === 'string' ? [{ address: found, family: version }] : (found ?? []);
      // A lookup of somebody else's may leave out the error that there is not.
      const cause = error ?? undefined;
      if (cause === undefined && addresses.length > 0) resolve(addresses);
      else reject(unreachable(placeOf(request), cause, notFound(cause)));
    });
  });
}

function notFound(cause: Error | undefined): string {
  const code = codeOf(cause);
  if (cause === undefined || (code !== undefined && NO_ADDRESS.includes(code))) return 'the host has no address';
  return code === undefined ? 'the lookup of the host failed' : `the lookup of the host failed: ${code}`;
}

/** Gives node:net the addresses that were found. */
export function lookupOf(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}
