import { DIGIT, HEX, isAll, UNRESERVED } from './octets.js';

/** host [":" port], RFC 3986 §3.2 without user information, which HTTP has no use for (RFC 9110 §4.2.4). */
export interface Authority {
  /** In lower case, IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

const MAX_PORT = 65535;

/**
 * Stricter than RFC 3986 §3.2.2: a name has letters, digits, `-`, `.`, `_`, `~`; no percent-encoding, no sub-delims.
 * @returns undefined for what is no authority, the empty one included
 */
export function parseAuthority(text: string): Authority | undefined {
  const hostEnd = text.startsWith('[') ? text.indexOf(']') + 1 : indexOrEnd(text, ':');
  const host = text.slice(0, hostEnd);
  if (!(host.startsWith('[') ? isBracketed(host) : isAll(UNRESERVED, host))) return undefined;
  const rest = text.slice(hostEnd);
  // RFC 3986 §3.2.3 lets a colon stand with no digits after it.
  if (rest === '' || rest === ':') return { host: host.toLowerCase(), port: undefined };
  const digits = rest.slice(1);
  if (!rest.startsWith(':') || digits.length > 5 || !isAll(DIGIT, digits) || Number(digits) > MAX_PORT)
    return undefined;
  return { host: host.toLowerCase(), port: Number(digits) };
}

function indexOrEnd(text: string, character: string): number {
  const index = text.indexOf(character);
  return index === -1 ? text.length : index;
}

/** An IPv6 address by its characters; whether it is one is of no matter to those who compare it. */
function isBracketed(host: string): boolean {
  for (let index = 1; index < host.length - 1; index++) {
    const code = host.charCodeAt(index);
    if (HEX[code] !== 1 && code !== 0x3a && code !== 0x2e) return false;
  }
  return host.length > 2;
}
