import { breakOff } from '@sokker/connection';
import type { MessageCoder } from '@sokker/frame';
import { verifyResponse, type Agreement, type ClientRequest, type Declined } from '@sokker/handshake';
import type { Duplex } from 'node:stream';
import { addressesOf } from './address.js';
import { exchangeThroughAgent } from './agent-exchange.js';
import { Deadline } from './deadline.js';
import { guard, type Route } from './dial.js';
import { ConnectError } from './errors.js';
import { exchange, type Exchange } from './exchange.js';
import type { ConnectSettings } from './options.js';
import type { Hop } from './redirect.js';
import { readBody } from './refusal-body.js';
import { requestFor } from './request.js';
import { exchangeOverSession } from './session-exchange.js';
import { turns } from './turns.js';

/** The handshake succeeded; the stream is at the first byte of the first frame. */
export interface Opening {
  readonly type: 'opening';
  readonly request: ClientRequest;
  readonly stream: Duplex;
  readonly head: Buffer | undefined;
  readonly agreement: Agreement<MessageCoder>;
  readonly coder: MessageCoder | undefined;
}

/** The server answered in HTTP; the stream is gone. */
export interface Refused {
  readonly type: 'refused';
  readonly declined: Declined;
  readonly body: Buffer;
}

/** What becomes of an answer. */
export interface Reception<Result> {
  /** Called in the same turn in which the handshake succeeded, so that nothing the stream says is missed. */
  readonly take: (opening: Opening) => Result;
  /** Whether another attempt follows a refusal, so that its body matters to nobody. */
  readonly follows: (declined: Declined) => boolean;
}

/** One attempt, with a key of its own. On failure the stream is destroyed, no Close frame sent and no timer left. */
export async function attempt<Result>(
  hop: Hop,
  settings: ConnectSettings,
  { take, follows }: Reception<Result>,
): Promise<Result | Refused> {
  const request = requestFor(hop, settings);
  const deadline = new Deadline(settings.clock, settings.signal);
  let release = (): void => undefined;
  let stream: Duplex | undefined;
  try {
    const route = await routeTo(request, hop, settings, deadline);
    // In a session nothing connects, so that none has to wait for another.
    if (settings.waitTurn && settings.session === undefined)
      release = await turns.take(turnKey(route, settings), deadline.signal);
    const { response, head, body, ...way } = await wayOf(settings)(route, settings, deadline);
    stream = guard(way.stream);
    const { maxHeadBytes, maxHeaders } = settings;
    const answer = verifyResponse(request, response, { maxHeadBytes, maxHeaders });
    // RFC 6455 §4.1 (2): open or refused, it is CONNECTING no longer.
    release();
    if (answer.type === 'agreement') {
      return take({ type: 'opening', request, stream, head, agreement: answer, coder: coderOf(answer) });
    }
    const refusal = await refused(answer, body, follows(answer) ? 0 : settings.maxBodyBytes, settings, deadline);
    // However whole the body is: after a refused upgrade a server may end its side, or wait for no other request.
    breakOff(stream);
    return refusal;
  } catch (error) {
    if (stream !== undefined) breakOff(stream);
    throw deadline.signal.aborted ? deadline.signal.reason : error;
  } finally {
    deadline.end();
    release();
  }
}

function wayOf({ agent, session }: ConnectSettings): typeof exchange {
  if (session !== undefined) return exchangeOverSession;
  return agent === undefined ? exchange : exchangeThroughAgent;
}

async function routeTo(
  request: ClientRequest,
  hop: Hop,
  settings: ConnectSettings,
  deadline: Deadline,
): Promise<Route> {
  const { agent, dial, session, socketPath } = settings;
  const isOurs = [agent, dial, session, socketPath].every((way) => way === undefined);
  if (isOurs) deadline.start('connect', settings.connectTimeoutMs);
  const addresses = isOurs ? await addressesOf(request, settings.lookup, deadline.signal) : [];
  deadline.pause();
  return { request, addresses, tls: hop.tls };
}

/**
 * RFC 6455 §4.1 (2): by address; that of a Unix socket is its path. Where somebody else finds the way, each name counts as a
 * host of its own.
 */
function turnKey({ request, addresses }: Route, { socketPath }: ConnectSettings): string {
  return socketPath ?? `${addresses[0]?.address ?? request.hostname} ${request.port}`;
}

async function refused(
  declined: Declined,
  { source, decoder }: Exchange['body'],
  maxBytes: number,
  { signal }: ConnectSettings,
  deadline: Deadline,
): Promise<Refused> {
  const body = await readBody(source, decoder, maxBytes, deadline.signal);
  signal?.throwIfAborted();
  return { type: 'refused', declined, body };
}

/** A connection runs one coder; a client may fail a combination it cannot use (RFC 6455 §9.1). */
function coderOf({ extensions }: Agreement<MessageCoder>): MessageCoder | undefined {
  if (extensions.length <= 1) return extensions[0]?.session;
  for (const { session } of extensions) session.close();
  throw new ConnectError('ERR_SOKKER_EXTENSIONS_AGREED', { detail: `${extensions.length}` });
}
