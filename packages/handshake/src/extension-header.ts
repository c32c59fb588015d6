/* The grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1), read in one pass without going back:
 *
 *   extension-list  = 1#extension
 *   extension       = token *( ";" extension-param )
 *   extension-param = token [ "=" ( token | quoted-string ) ]      the unquoted string being a token
 *
 * RFC 6455 takes RFC 2616's "implied *LWS": space may stand between any two words. */
import { UsageError, violation, type Role } from './errors.js';
import { listTooLong, MAX_EMPTY_MEMBERS, MAX_LIST_MEMBERS } from './field-list.js';
import { isToken, TOKEN } from './octets.js';

/** The parameters of one extension; `true` where one stands without a value. Order is kept. */
export type ExtensionParameters = ReadonlyMap<string, string | true>;

/** One member of the list, as offered by a client or agreed by a server. */
export interface ExtensionEntry {
  readonly name: string;
  readonly parameters: ExtensionParameters;
  /** The first parameter that stands more than once; such an offer is declined (RFC 7692 §7.1). */
  readonly repeated: string | undefined;
}

const MAX_HEADER_BYTES = 16 * 1024;
const [HTAB, SPACE, QUOTE, COMMA, SEMICOLON, EQUALS, BACKSLASH] = [0x09, 0x20, 0x22, 0x2c, 0x3b, 0x3d, 0x5c];

/**
 * Reads the values of all `Sec-WebSocket-Extensions` lines as one list.
 * @param role who reads; a client's errors have no status.
 * @throws HandshakeError `ERR_SOKKER_EXTENSIONS` · `ERR_SOKKER_LIST` past 64 members or parameters, or 16 KiB
 */
export function parseExtensions(lines: string | readonly string[], role: Role = 'server'): ExtensionEntry[] {
  const text = typeof lines === 'string' ? lines : lines.join(',');
  if (text.length > MAX_HEADER_BYTES) throw listTooLong(role);
  return new ExtensionListReader(text, role).read();
}

/**
 * Writes one member of the list.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for what is not a token
 */
export function formatExtension(name: string, parameters: ExtensionParameters): string {
  let text = checkedToken(name, name);
  for (const [key, value] of parameters) {
    text += `; ${checkedToken(key, name)}`;
    if (value !== true) text += `=${checkedToken(value, name)}`;
  }
  return text;
}

function checkedToken(text: string, extension: string): string {
  if (typeof text === 'string' && isToken(text)) return text;
  throw new UsageError('ERR_SOKKER_ARGUMENT', `extension '${extension}': names and parameters must be tokens`);
}

class ExtensionListReader {
  readonly #text: string;
  readonly #role: Role;
  #position = 0;

  constructor(text: string, role: Role) {
    this.#text = text;
    this.#role = role;
  }

  read(): ExtensionEntry[] {
    const entries: ExtensionEntry[] = [];
    let empties = 0;
    do {
      const next = this.#skipSpace();
      if (next === COMMA || Number.isNaN(next)) empties++;
      else entries.push(this.#extension());
      if (entries.length > MAX_LIST_MEMBERS || empties > MAX_EMPTY_MEMBERS) throw listTooLong(this.#role);
    } while (this.#take(COMMA));
    if (this.#position < this.#text.length || entries.length === 0) throw this.#malformed();
    return entries;
  }

  #extension(): ExtensionEntry {
    const name = this.#token();
    const parameters = new Map<string, string | true>();
    let repeated: string | undefined;
    for (let count = 0; this.#take(SEMICOLON); count++) {
      if (count === MAX_LIST_MEMBERS) throw listTooLong(this.#role);
      this.#skipSpace();
      const key = this.#token();
      const value = this.#take(EQUALS) ? this.#value() : true;
      if (parameters.has(key)) repeated ??= key;
      else parameters.set(key, value);
    }
    return { name, parameters, repeated };
  }

  #value(): string {
    return this.#skipSpace() === QUOTE ? this.#quotedToken() : this.#token();
  }

  #token(): string {
    const start = this.#position;
    while (TOKEN[this.#text.charCodeAt(this.#position)] === 1) this.#position++;
    if (this.#position === start) throw this.#malformed();
    return this.#text.slice(start, this.#position);
  }

  #quotedToken(): string {
    this.#position++;
    let value = '';
    for (; this.#text.charCodeAt(this.#position) !== QUOTE; this.#position++) {
      if (this.#text.charCodeAt(this.#position) === BACKSLASH) this.#position++;
      // The end of the text answers NaN, which is in no table.
      if (TOKEN[this.#text.charCodeAt(this.#position)] !== 1) throw this.#malformed();
      value += this.#text.charAt(this.#position);
    }
    this.#position++;
    if (value === '') throw this.#malformed();
    return value;
  }

  /** Steps over one character and the space before it, if it is there. */
  #take(character: number | undefined): boolean {
    if (this.#skipSpace() !== character) return false;
    this.#position++;
    return true;
  }

  /** The character after the space, NaN at the end. */
  #skipSpace(): number {
    let code = this.#text.charCodeAt(this.#position);
    while (code === SPACE || code === HTAB) code = this.#text.charCodeAt(++this.#position);
    return code;
  }

  #malformed(): Error {
    return violation('ERR_SOKKER_EXTENSIONS', { role: this.#role, detail: `at character ${this.#position}` });
  }
}
