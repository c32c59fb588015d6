import { UsageError } from '@sokker/frame';
import { HeaderFields, type Forwarded } from '@sokker/handshake';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { plainAddress, withoutPort, type Peer } from './address.js';

/** Stands in the list for peers on a unix socket, who have no address. */
const UNIX = 'unix';

/** Who sent a request, as far as it can be believed. */
export interface Sender {
  readonly address: string | undefined;
  /** What a trusted proxy says of the client's request. */
  readonly forwarded: Forwarded | undefined;
}

/**
 * Proxies whose word on their clients counts: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host. Of the addresses
 * in X-Forwarded-For the last one that is not itself a trusted proxy is the client, or else the first proxy; those before
 * it are the client's own words.
 */
export class TrustedProxies {
  /** Undefined where none has an address: looking one up costs more than the rest of reading a request. */
  readonly #list: BlockList | undefined;
  readonly #trustsUnix: boolean;

  /** @throws UsageError `ERR_SOKKER_OPTION` for what is no address, range (`10.0.0.0/8`) or 'unix' */
  constructor(proxies: readonly string[]) {
    this.#trustsUnix = proxies.includes(UNIX);
    const addresses = proxies.filter((proxy) => proxy !== UNIX);
    if (addresses.length > 0) this.#list = listOf(addresses);
  }

  senderOf({ address, isOnUnixSocket }: Peer, rawHeaders: readonly string[]): Sender {
    const isTrusted = address === undefined ? this.#trustsUnix && isOnUnixSocket : this.#trusts(address);
    if (!isTrusted) return { address, forwarded: undefined };
    const headers = new HeaderFields(rawHeaders);
    const [proto, host] = [lastOf(headers.get('x-forwarded-proto')), lastOf(headers.get('x-forwarded-host'))];
    return { address: this.#clientIn(headers.get('x-forwarded-for'), address), forwarded: { proto, host } };
  }

  #trusts(address: string): boolean {
    if (this.#list === undefined || isIP(address) === 0) return false;
    return this.#list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  #clientIn(chain: string | undefined, direct: string | undefined): string | undefined {
    let proxy = direct;
    for (const hop of (chain ?? '').split(',').reverse()) {
      const address = plainAddress(withoutPort(hop.trim()));
      // What is no address is nobody's word: the proxy before it stands for its client.
      if (isIP(address) === 0) return proxy;
      if (!this.#trusts(address)) return address;
      proxy = address;
    }
    return proxy;
  }
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix, ...rest] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const bits = Number(prefix ?? (family === 'ipv6' ? 128 : 32));
    const isRange = /^\d+$/.test(prefix ?? '0') && bits <= (family === 'ipv6' ? 128 : 32);
    if (isIP(address) === 0 || rest.length > 0 || !isRange) {
      throw new UsageError('ERR_SOKKER_OPTION', "trustedProxies must list addresses, '10.0.0.0/8' or 'unix'");
    }
    list.addSubnet(address, bits, family);
  }
  return list;
}

/** A proxy before ours may have added its own: the last one is what ours saw. */
function lastOf(list: string | undefined): string | undefined {
  return list?.slice(list.lastIndexOf(',') + 1).trim();
}
