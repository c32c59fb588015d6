import { UsageError, violation, type Role } from './errors.js';
import { isFieldValue, isToken } from './octets.js';

/** Header fields by name, whatever the case they were sent in. Names come from a peer, hence a Map and no object. */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  readonly #values = new Map<string, string | string[]>();

  /** @param rawHeaders name, value, name, value … as they came; used as they are, not checked. */
  constructor(rawHeaders: readonly string[]) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      this.#add((rawHeaders[index] ?? '').toLowerCase(), rawHeaders[index + 1] ?? '');
    }
  }

  #add(name: string, value: string): void {
    const known = this.#values.get(name);
    if (known === undefined) this.#values.set(name, value);
    else if (typeof known === 'string') this.#values.set(name, [known, value]);
    else known.push(value);
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  /** The lines of one name as one value, joined as a list is (RFC 9110 §5.3), cookies by `; ` (RFC 9113 §8.2.3). */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    const value = this.#values.get(key);
    return typeof value === 'object' ? value.join(key === 'cookie' ? '; ' : ', ') : value;
  }

  /** Each line of one name, in order. */
  all(name: string): readonly string[] {
    const value = this.#values.get(name.toLowerCase()) ?? [];
    return typeof value === 'string' ? [value] : value;
  }

  /** The value of a name that stands once; undefined where it stands never, or more than once. */
  only(name: string): string | undefined {
    const value = this.#values.get(name.toLowerCase());
    return typeof value === 'string' ? value : undefined;
  }

  /** Names in lower case, once each, values joined as `get` does. */
  *[Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    for (const name of this.#values.keys()) yield [name, this.get(name) ?? ''];
  }
}

export interface HeaderLimits {
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
}

/** CR LF after a line, and ": " between a name and its value. */
const LINE_END_BYTES = 2;
const SEPARATOR_BYTES = 2;

/**
 * Header fields from values that another parser read. They are judged again, by the bounds and the grammar of our own
 * head reader, so that a request gets one answer whoever read it.
 * @param firstLineBytes length of the first line, without its CR LF.
 * @throws HandshakeError 400, 431 · UsageError `ERR_SOKKER_ARGUMENT`
 */
export function judgeFields(
  rawHeaders: readonly string[],
  { maxHeadBytes, maxHeaders }: HeaderLimits,
  firstLineBytes: number,
  role: Role,
): HeaderFields {
  if (rawHeaders.length % 2 !== 0) throw new UsageError('ERR_SOKKER_ARGUMENT', 'rawHeaders must be names and values');
  if (rawHeaders.length / 2 > maxHeaders) {
    throw violation('ERR_SOKKER_TOO_MANY_HEADERS', { role, detail: `${rawHeaders.length / 2} > ${maxHeaders}` });
  }
  let bytes = firstLineBytes + LINE_END_BYTES;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    bytes += name.length + SEPARATOR_BYTES + value.length + LINE_END_BYTES;
    if (bytes + LINE_END_BYTES > maxHeadBytes) {
      throw violation('ERR_SOKKER_HEAD_TOO_BIG', { role, detail: `more than ${maxHeadBytes} bytes` });
    }
    if (!isToken(name)) throw violation('ERR_SOKKER_HEADER_NAME', { role });
    if (!isFieldValue(value)) throw violation('ERR_SOKKER_HEADER_VALUE', { role });
  }
  return new HeaderFields(rawHeaders);
}
