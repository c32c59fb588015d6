import { isFieldValue, isToken } from './octets.js';
import { optionError } from './options.js';

/** Headers to send: names with a value or several, or pairs (a Map and the Headers of fetch are pairs). */
export type HeadersInput =
  Readonly<Record<string, string | readonly string[]>> | Iterable<readonly [name: string, value: string]>;

/** Names, in lower case, that the handshake itself writes, or that would change where the head or its body ends. */
export const RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
export const REQUEST_HEADERS: ReadonlySet<string> = new Set([
  ...RESPONSE_HEADERS,
  'expect',
  'host',
  'proxy-connection',
  'te',
]);
const RESERVED_PREFIX = 'sec-websocket-';

/**
 * Headers as name, value, name, value …, each name a token and each value of field characters alone: no CR, LF or NUL,
 * and nothing beyond U+00FF, which would lose its upper half on the wire and could become one of these.
 * @throws UsageError `ERR_SOKKER_OPTION`, which names the header but never shows its value
 */
export function checkedHeaders(input: HeadersInput | undefined, reserved: ReadonlySet<string>): string[] {
  const checked: string[] = [];
  if (input === undefined) return checked;
  for (const [name, value] of entriesOf(input)) {
    if (typeof name !== 'string' || !isToken(name)) throw optionError('headers', 'has a name that is not a token');
    const key = name.toLowerCase();
    if (reserved.has(key) || key.startsWith(RESERVED_PREFIX)) {
      throw optionError('headers', `has '${name}', which the handshake itself decides`);
    }
    if (typeof value !== 'string' || !isFieldValue(value)) {
      throw optionError('headers', `has a value for '${name}' that is not a string of field characters`);
    }
    checked.push(name, value);
  }
  return checked;
}

function* entriesOf(input: HeadersInput): Iterable<readonly [unknown, unknown]> {
  if (isIterable(input)) {
    for (const entry of input as Iterable<unknown>) {
      if (!Array.isArray(entry) || entry.length !== 2)
        throw optionError('headers', 'must hold pairs of name and value');
      yield entry as unknown[] as [unknown, unknown];
    }
    return;
  }
  for (const [name, value] of Object.entries(input)) {
    if (!Array.isArray(value)) yield [name, value];
    else for (const each of value as unknown[]) yield [name, each];
  }
}

function isIterable(input: HeadersInput): input is Iterable<readonly [string, string]> {
  return typeof (input as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
}
