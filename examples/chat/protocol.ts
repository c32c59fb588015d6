// What the page and the chat say to each other: JSON objects in text messages, one each. Whatever a page sends is
// checked here, field by field, before anything looks at it.
import type { Message } from '@sokker/server';

/** Bounds are in UTF-16 code units, as `maxlength` of an input counts them. */
export const MAX_NAME_LENGTH = 32;
export const MAX_TEXT_LENGTH = 2000;
/** The longest request that keeps the bounds, every character of it escaped, and room to spare. */
export const MAX_REQUEST_BYTES = 16 * 1024;

export type ChatRequest =
  /** The first request, and each new name. The key is the page's own secret: who has it is the same person again. */
  | { readonly type: 'join'; readonly name: string; readonly key: string }
  /** The id is the page's; saying the same id twice says it once. */
  | { readonly type: 'say'; readonly id: string; readonly text: string };

export type ChatEvent =
  | {
      readonly type: 'welcome';
      readonly you: string;
      readonly people: readonly Person[];
      readonly history: readonly Said[];
    }
  | { readonly type: 'people'; readonly people: readonly Person[] }
  | ({ readonly type: 'said' } & Said)
  | { readonly type: 'refused'; readonly reason: string };

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Said {
  /** The id of who said it and the page's own, joined by a dot. */
  readonly id: string;
  readonly from: Person;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What a page sent is not a request; the message is for the person in front of it. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** @throws RequestError */
export function parseRequest(message: Message): ChatRequest {
  const { type, ...fields } = objectOf(message);
  switch (type) {
    case 'join':
      return { type, name: nameOf(fields.name), key: tokenOf(fields.key, 'key', 16) };
    case 'say':
      return { type, id: tokenOf(fields.id, 'id', 1), text: textOf(fields.text) };
    default:
      throw new RequestError("A request has the type 'join' or 'say'.");
  }
}

function objectOf(message: Message): Readonly<Record<string, unknown>> {
  const value = message.type === 'text' ? parsed(message) : undefined;
  if (typeof value !== 'object' || value === null)
    throw new RequestError('A request is a JSON object in a text message.');
  return value as Readonly<Record<string, unknown>>;
}

function parsed(message: Message): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}

/** Controls have no place in what is shown, nor what turns the direction of everything after it. */
const UNSHOWN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const UNSHOWN_IN_TEXT = /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

function nameOf(value: unknown): string {
  const name = stringOf(value, 'name').replace(UNSHOWN, ' ').replace(/\s+/gu, ' ').trim();
  if (name === '' || name.length > MAX_NAME_LENGTH) {
    throw new RequestError(`A name has 1 to ${MAX_NAME_LENGTH} characters.`);
  }
  return name;
}

function textOf(value: unknown): string {
  const text = stringOf(value, 'text').replace(/\r\n?/g, '\n').replace(UNSHOWN_IN_TEXT, '').trim();
  if (text === '' || text.length > MAX_TEXT_LENGTH) {
    throw new RequestError(`A message has 1 to ${MAX_TEXT_LENGTH} characters.`);
  }
  return text;
}

function tokenOf(value: unknown, field: string, minLength: number): string {
  const token = stringOf(value, field);
  if (token.length < minLength || !/^[\w-]{1,64}$/.test(token)) {
    throw new RequestError(`'${field}' has ${minLength} to 64 letters, digits, '-' and '_'.`);
  }
  return token;
}

function stringOf(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new RequestError(`'${field}' must be a string.`);
  return value;
}
