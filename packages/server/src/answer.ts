import { encodeResponse, nodeHeaders, type Acceptance, type Refusal, type ResponseHead } from '@sokker/handshake';
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { httpDate } from './clock.js';
import { isHttp2Stream } from './http2-stream.js';

/** Sends the response that opens a WebSocket: its frames may follow at once. */
export function openWith(duplex: Duplex, acceptance: Acceptance): void {
  if (isToRespond(duplex)) respondWith(duplex, acceptance);
  else duplex.write(encodeResponse(acceptance));
}

/** Sends a refusal, and nothing after it. */
export function closeWith(duplex: Duplex, refusal: Refusal): void {
  if (!isToRespond(duplex)) return void duplex.end(encodeResponse(dated(refusal)));
  // Of itself node:http2 says when.
  respondWith(duplex, refusal);
  duplex.end(refusal.body);
}

/** Streams of HTTP/2 that somebody has answered and handed over: what comes through them is HTTP/1.1. */
const tunnels = new WeakSet<Duplex>();

export function asTunnel(duplex: Duplex): void {
  if (isHttp2Stream(duplex)) tunnels.add(duplex);
}

export function isToRespond(duplex: Duplex): duplex is ServerHttp2Stream {
  return isHttp2Stream(duplex) && !tunnels.has(duplex);
}

/** @throws what node:http2 says of headers that it does not send, two values for a name that has one for example; the peer gets 500 */
function respondWith(stream: ServerHttp2Stream, head: ResponseHead): void {
  try {
    stream.respond(fieldsOf(head));
  } catch (error) {
    if (!stream.headersSent && stream.writable) stream.respond({ ':status': 500 }, { endStream: true });
    throw error;
  }
}

/** RFC 9110 §6.6.1: who has a clock says when it refused; the application may have said so itself. */
function dated(refusal: Refusal): Refusal {
  const { rawHeaders } = refusal;
  if (rawHeaders.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'date')) return refusal;
  return { ...refusal, rawHeaders: ['Date', httpDate(), ...rawHeaders] };
}

/** RFC 9113 §8.2.2: what is of a connection of HTTP/1.1 alone. */
const CONNECTION_FIELDS = [
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
];

/** A head as node:http2 takes it: names in lower case (RFC 9113 §8.2.1), since it finds its own by these. */
function fieldsOf({ status, rawHeaders }: ResponseHead): OutgoingHttpHeaders {
  const lines: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (!CONNECTION_FIELDS.includes(name)) lines.push(name, rawHeaders[index + 1] ?? '');
  }
  return { ':status': status, ...nodeHeaders(lines) };
}
