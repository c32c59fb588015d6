import { acceptKey, type HeadersInput } from '@sokker/handshake';
import type { ServerRequest } from '@sokker/server';

/** The head of a 101, as listeners for `headers` are shown it: they add lines of their own. */
export function switchingLines({ key }: ServerRequest, protocol: string | undefined): string[] {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(key ?? '')}`,
  ];
  return protocol === undefined ? lines : [...lines, `Sec-WebSocket-Protocol: ${protocol}`];
}

/** What was added to the lines that were shown. */
export function addedHeaders(lines: readonly string[], shown: readonly string[]): HeadersInput {
  return lines
    .filter((line) => line.includes(':') && !shown.includes(line))
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    });
}
