import { isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { carrierOf } from './http2-stream.js';

const MAPPED = '::ffff:';

/** Who is at the other end of a duplex. */
export interface Peer {
  /** Undefined on a unix socket, where it is no socket, and where the peer was gone before it could be asked for. */
  readonly address: string | undefined;
  readonly isOnUnixSocket: boolean;
}

/** Of a peer of TCP that has reset its connection, and of a socket over somebody's stream, nobody knows the address. */
export function peerOf(duplex: Duplex): Peer {
  const carrier = carrierOf(duplex);
  const { remoteAddress } = carrier as Partial<Socket>;
  return remoteAddress === undefined ? { address: undefined, isOnUnixSocket: isPipe(carrier) } : peerAt(remoteAddress);
}

/** By the handle, below that of TLS, which Node does not document; where it is another, nobody is on a unix socket. */
function isPipe(duplex: Duplex): boolean {
  const { _handle: handle } = duplex as { readonly _handle?: Handle | null };
  return (handle?._parent ?? handle)?.constructor.name === 'Pipe';
}

interface Handle {
  readonly _parent?: Handle | null;
}

/** Who is at an address that somebody told. */
export function peerAt(address: string): Peer {
  return { address: plainAddress(address), isOnUnixSocket: false };
}

/**
 * What counts as one address where connections are counted per address: an IPv4 address, also where it is written as
 * IPv6; of an IPv6 address the first 64 bits, since that is the least that one household is given (RFC 6177 §2).
 */
export function addressKey(address: string): string {
  const plain = plainAddress(address);
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain;
}

/** An address as others write it: IPv4 without its IPv6 prefix, IPv6 without a zone. */
export function plainAddress(address: string): string {
  if (!address.includes(':') && !address.includes('%')) return address;
  const [bare = ''] = address.split('%');
  const mapped = bare.toLowerCase().startsWith(MAPPED) ? bare.slice(MAPPED.length) : '';
  if (mapped.includes('.')) return mapped;
  // What is no address must not become one.
  const groups = isIPv6(bare) ? mapped.split(':') : [];
  return groups.length === 2 ? groups.map((group) => dotted(group)).join('.') : bare;
}

/** Two of the four bytes of an IPv4 address: some write them as a group of IPv6. */
function dotted(group: string): string {
  const number = Number.parseInt(group, 16);
  return `${number >> 8}.${number & 0xff}`;
}

/** With a port behind it, or in brackets, as some proxies write an address in X-Forwarded-For. */
const PORTED = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/;

/** An address without the port that may follow it; IPv6 is in brackets then. Anything else stays as it is. */
export function withoutPort(node: string): string {
  const [, bracketed, bare] = PORTED.exec(node) ?? [];
  return bracketed ?? bare ?? node;
}

/** The groups of an IPv6 address, without leading zeros; `::` stands for as many zeros as are missing (RFC 4291 §2.2). */
function groupsOf(address: string): string[] {
  const [before = '', after] = address.toLowerCase().split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const missing = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from({ length: missing }, () => '0'), ...tail].map((group) => stripped(group));
}

function stripped(group: string): string {
  const number = Number.parseInt(group, 16);
  return Number.isNaN(number) ? group : number.toString(16);
}
