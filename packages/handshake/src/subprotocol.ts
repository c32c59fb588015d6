import { violation } from './errors.js';
import { listMembers } from './field-list.js';
import { isToken } from './octets.js';
import { optionError } from './options.js';

/**
 * The subprotocols that a client offers, most wanted first: 1#token, no two alike (RFC 6455 §4.1).
 * @throws HandshakeError `ERR_SOKKER_SUBPROTOCOLS`, `ERR_SOKKER_LIST`
 */
export function parseSubprotocols(lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const offered = listMembers(lines);
  if (offered.length === 0 || !offered.every(isToken) || new Set(offered).size < offered.length) {
    throw violation('ERR_SOKKER_SUBPROTOCOLS');
  }
  return offered;
}

/** The first that the client offers and we speak: the client's order is its preference (RFC 6455 §4.1). */
export function selectSubprotocol(offered: readonly string[], spoken: readonly string[]): string | undefined {
  return offered.find((name) => spoken.includes(name));
}

/** @throws UsageError `ERR_SOKKER_OPTION` */
export function checkSubprotocols(owner: string, names: readonly string[]): void {
  const isUnique = new Set(names).size === names.length;
  if (isUnique && names.every((name) => typeof name === 'string' && isToken(name))) return;
  throw optionError(`${owner}: subprotocols`, 'must be unique tokens');
}
