import type { ExtensionParameters } from '@sokker/handshake';

/** The parameters of RFC 7692 §7.1, of an offer or of a response. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** undefined: not named, which means 15. */
  readonly serverMaxWindowBits: number | undefined;
  /** `true`: named without a value, which only an offer may do (RFC 7692 §7.1.2.2). */
  readonly clientMaxWindowBits: number | true | undefined;
}

export const MAX_WINDOW_BITS = 15;

/** A decimal integer from 8 to 15 without leading zeroes (RFC 7692 §7.1.2.1): these spellings and no other. */
const WINDOW_BITS: ReadonlyMap<string, number> = new Map(
  [8, 9, 10, 11, 12, 13, 14, MAX_WINDOW_BITS].map((bits) => [String(bits), bits]),
);

/** What one parameter may be worth; undefined: not that. */
const READERS: ReadonlyMap<string, (value: string | true) => number | true | undefined> = new Map([
  ['server_no_context_takeover', flag],
  ['client_no_context_takeover', flag],
  ['server_max_window_bits', (value) => (value === true ? undefined : WINDOW_BITS.get(value))],
  ['client_max_window_bits', (value) => (value === true ? true : WINDOW_BITS.get(value))],
]);

function flag(value: string | true): true | undefined {
  return value === true ? value : undefined;
}

/** Reads an offer or a response. A string is the name of the first parameter that is unknown or has a wrong value. */
export function readParameters(parameters: ExtensionParameters): DeflateParameters | string {
  const values = new Map<string, number | true>();
  for (const [name, value] of parameters) {
    const read = READERS.get(name)?.(value);
    if (read === undefined) return name;
    values.set(name, read);
  }
  const serverMaxWindowBits = values.get('server_max_window_bits');
  return {
    serverNoContextTakeover: values.has('server_no_context_takeover'),
    clientNoContextTakeover: values.has('client_no_context_takeover'),
    serverMaxWindowBits: serverMaxWindowBits === true ? undefined : serverMaxWindowBits,
    clientMaxWindowBits: values.get('client_max_window_bits'),
  };
}

/** What stands in a header, in the order of the RFC; what is not set is left out. */
export function writeParameters(parameters: DeflateParameters): ExtensionParameters {
  const written = new Map<string, string | true>();
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  if (parameters.serverNoContextTakeover) written.set('server_no_context_takeover', true);
  if (parameters.clientNoContextTakeover) written.set('client_no_context_takeover', true);
  if (serverMaxWindowBits !== undefined) written.set('server_max_window_bits', String(serverMaxWindowBits));
  if (clientMaxWindowBits !== undefined) {
    written.set('client_max_window_bits', clientMaxWindowBits === true ? true : String(clientMaxWindowBits));
  }
  return written;
}
