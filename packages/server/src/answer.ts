import { encodeResponse, nodeHeaders, type Acceptance, type Refusal, type ResponseHead } from '@sokker/handshake';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import { httpDate } from './clock.js';
import { isHttp2Stream } from './http2-stream.js';

/** Sends the response that opens a WebSocket: its frames may follow at once. */
export function openWith(duplex: Duplex, acceptance: Acceptance): void {
  if (isHttp2Stream(duplex)) duplex.respond(fieldsOf(acceptance));
  else duplex.write(encodeResponse(acceptance));
}

/** Sends a refusal, and nothing after it. */
export function closeWith(duplex: Duplex, refusal: Refusal): void {
  if (!isHttp2Stream(duplex)) return void duplex.end(encodeResponse(dated(refusal)));
  // Of itself node:http2 says when.
  duplex.respond(fieldsOf(refusal));
  duplex.end(refusal.body);
}

/** RFC 9110 §6.6.1: who has a clock says when it refused; the application may have said so itself. */
function dated(refusal: Refusal): Refusal {
  const { rawHeaders } = refusal;
  if (rawHeaders.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'date')) return refusal;
  return { ...refusal, rawHeaders: ['Date', httpDate(), ...rawHeaders] };
}

/** RFC 9113 §8.2.2: what is of a connection of HTTP/1.1 alone. */
const CONNECTION_FIELDS = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

/** A head as node:http2 takes it. */
function fieldsOf({ status, rawHeaders }: ResponseHead): OutgoingHttpHeaders {
  const kept = rawHeaders.filter((_, index) => !isOfConnection(rawHeaders[index - (index % 2)] ?? ''));
  return { ':status': status, ...nodeHeaders(kept) };
}

function isOfConnection(name: string): boolean {
  return CONNECTION_FIELDS.includes(name.toLowerCase());
}
