import type { UpgradeRequest } from '../src/index.js';

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

const REQUEST: readonly (readonly [string, string])[] = [
  ['Host', 'server.example.com'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', KEY],
  ['Sec-WebSocket-Version', '13'],
];

/** Replaces (string), repeats (array) or takes away (undefined) headers of a good request; others are added. */
export type Changes = Readonly<Record<string, string | readonly string[] | undefined>>;

export function headersWith(changes: Changes, base = REQUEST): string[] {
  const changed = new Map(Object.entries(changes));
  const kept = base.filter(([name]) => !changed.has(name)).flat();
  for (const [name, value] of changed) {
    if (value === undefined) continue;
    for (const each of typeof value === 'string' ? [value] : value) kept.push(name, each);
  }
  return kept;
}

/** A request that breaks no rule, but for the changes. */
export function requestWith(changes: Changes = {}, rest: Partial<UpgradeRequest> = {}): UpgradeRequest {
  return { method: 'GET', target: '/chat', httpVersion: '1.1', rawHeaders: headersWith(changes), ...rest };
}

const CONNECT: readonly (readonly [string, string])[] = [
  [':method', 'CONNECT'],
  [':protocol', 'websocket'],
  [':scheme', 'https'],
  [':path', '/chat'],
  [':authority', 'server.example.com'],
  ['sec-websocket-version', '13'],
];

/** An extended CONNECT that breaks no rule (RFC 8441 §5.1), but for the changes. */
export function connectWith(changes: Changes = {}, rest: Partial<UpgradeRequest> = {}): UpgradeRequest {
  const rawHeaders = headersWith(changes, CONNECT);
  return { method: 'CONNECT', target: '/chat', httpVersion: '2.0', protocol: 'websocket', rawHeaders, ...rest };
}

/** The lines of a name in a flat list. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name.toLowerCase(),
  );
}
