/** Builds upgrade requests and responses, legal ones and others, as text in which each character is a byte. */

import { createHash } from 'node:crypto';

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

const REQUEST_FIELDS: readonly Field[] = [
  ['Host', 'example.com'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', KEY],
  ['Sec-WebSocket-Version', '13'],
];

const RESPONSE_FIELDS: readonly Field[] = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Accept', ACCEPT],
];

export type Field = readonly [name: string, value: string];

/** Fields to replace, all of that name at once: a string, several lines, or none. Names that are new are added. */
export type Changes = Readonly<Record<string, string | readonly string[] | null>>;

export interface Head {
  readonly start?: string;
  readonly changes?: Changes;
  /** Lines to put at the end as they are. */
  readonly lines?: readonly string[];
  readonly lineEnd?: string;
}

export function requestHead(head: Head = {}): string {
  return headText({ start: 'GET /chat HTTP/1.1', ...head }, REQUEST_FIELDS);
}

export function responseHead(head: Head = {}): string {
  return headText({ start: 'HTTP/1.1 101 Switching Protocols', ...head }, RESPONSE_FIELDS);
}

function headText({ start = '', changes = {}, lines = [], lineEnd = '\r\n' }: Head, fields: readonly Field[]): string {
  const kept = fields.flatMap(([name, value]) =>
    name in changes ? linesOf(name, changes[name]) : [`${name}: ${value}`],
  );
  const known = new Set(fields.map(([name]) => name));
  const added = Object.entries(changes).flatMap(([name, value]) => (known.has(name) ? [] : linesOf(name, value)));
  return [start, ...kept, ...added, ...lines, '', ''].join(lineEnd);
}

function linesOf(name: string, value: string | readonly string[] | null | undefined): string[] {
  if (value === null || value === undefined) return [];
  return [value].flat().map((line) => `${name}: ${line}`);
}

/** RFC 6455 §4.2.2, step 5.4. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
