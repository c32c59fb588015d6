import { encodeRequest, HeaderFields, readResponseHead, type ResponseHead } from '@sokker/handshake';
import type { Duplex, Readable } from 'node:stream';
import { BodyDecoder } from './body-decoder.js';
import type { Deadline } from './deadline.js';
import { dial, guard, type Route } from './dial.js';
import type { ConnectSettings } from './options.js';

/** Of those that node:http and node:http2 read for us; our own reader has the same bound. */
export const MAX_INTERIM_RESPONSES = 16;

/** A request was sent and the head of the response has come; nothing is judged yet. */
export interface Exchange {
  readonly response: ResponseHead;
  /** What the frames will come through. */
  readonly stream: Duplex;
  /** Frames that were read with the head. */
  readonly head: Buffer | undefined;
  /** Where the body of a refusal comes from; with no decoder it holds nothing else. */
  readonly body: { readonly source: Readable; readonly decoder: BodyDecoder | undefined };
}

/** Sends the request through a socket of our own and reads the response with our own reader. */
export async function exchange(route: Route, settings: ConnectSettings, deadline: Deadline): Promise<Exchange> {
  const stream = guard(await dial(route, settings, deadline));
  try {
    deadline.start('handshake', settings.handshakeTimeoutMs);
    stream.write(encodeRequest(route.request));
    const { maxHeadBytes, maxHeaders } = settings;
    const response = await readResponseHead(stream, { maxHeadBytes, maxHeaders, signal: deadline.signal });
    const decoder = new BodyDecoder(response.status, new HeaderFields(response.rawHeaders));
    return { response, stream, head: undefined, body: { source: stream, decoder } };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}
