/* What the browser's interfaces take, judged as the WebSockets standard says, with its exceptions. */
import { MAX_REASON_BYTES } from '@sokker/frame';
import { parsedUrl } from './parsed-url.js';

const SEPARATORS = '"(),/:;<=>?@[\\]{} \t';

/** A URL as WHATWG's constructor takes it: http: means ws:, https: wss:. Throws SyntaxError. */
export function webSocketUrl(given: unknown): URL {
  const text = stringOf(given);
  const url = parsedUrl(text);
  if (url === undefined) throw syntaxError(`'${text.slice(0, 64)}' is not an absolute URL`);
  const scheme = url.protocol.replace('http', 'ws');
  if (scheme !== 'ws:' && scheme !== 'wss:') throw syntaxError(`'${scheme}' is not a scheme of WebSocket URLs`);
  // Not even an empty one, which only the text shows.
  if (url.href.includes('#')) throw syntaxError('the URL of a WebSocket has no fragment');
  // A scheme is not changed to one of another kind by assignment.
  return new URL(`${scheme}${url.href.slice(url.protocol.length)}`);
}

/** Subprotocols: a string or a list of unique tokens, whatever their case. Throws SyntaxError. */
export function webSocketProtocols(given: unknown): readonly string[] {
  const names = listOf(given).map(stringOf);
  const unlike = new Set(names.map((name) => name.toLowerCase()));
  if (unlike.size !== names.length) throw syntaxError('a subprotocol is named twice');
  for (const name of names) if (!isToken(name)) throw syntaxError(`'${name.slice(0, 64)}' is no subprotocol`);
  return names;
}

function listOf(given: unknown): unknown[] {
  if (given === undefined) return [];
  const isList = typeof given === 'object' && given !== null && Symbol.iterator in given;
  return isList ? [...(given as Iterable<unknown>)] : [given];
}

/** A string as Web IDL makes it of anything: with the object's own toString. Throws TypeError for a symbol. */
export function stringOf(given: unknown): string {
  // Unlike String, which describes it.
  if (typeof given === 'symbol') throw new TypeError('a symbol is no string');
  return String(given);
}

/** What a Close is to say; no code: nothing. */
export interface CloseArguments {
  readonly code: number | null;
  readonly reason: string;
}

/** Code and reason of `close`. Throws InvalidAccessError, SyntaxError. */
export function closeArguments(code: unknown, reason: unknown): CloseArguments {
  const number = code === undefined ? null : clamped(code);
  const text = reason === undefined ? '' : wellFormed(stringOf(reason));
  if (number !== null && number !== 1000 && (number < 3000 || number > 4999)) {
    throw new DOMException(`a close code is 1000, or 3000 to 4999, not ${number}`, 'InvalidAccessError');
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_REASON_BYTES) throw syntaxError(`a reason may take ${MAX_REASON_BYTES} bytes, not ${bytes}`);
  return { code: number ?? (text === '' ? null : 1000), reason: text };
}

/** A string without lone surrogates, as Web IDL's USVString. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Web IDL's [Clamp] unsigned short: to the nearest integer within bounds, to the even one of two. */
function clamped(value: unknown): number {
  const number = Number(value);
  if (Number.isNaN(number)) return 0;
  const bounded = Math.min(Math.max(number, 0), 0xffff);
  const floor = Math.floor(bounded);
  const isTie = bounded - floor === 0.5;
  return isTie ? floor + (floor % 2) : Math.round(bounded);
}

function isToken(text: string): boolean {
  if (text === '') return false;
  return Array.from(text).every(
    (character) => character > ' ' && character < '\x7f' && !SEPARATORS.includes(character),
  );
}

function syntaxError(message: string): DOMException {
  return new DOMException(message, 'SyntaxError');
}
