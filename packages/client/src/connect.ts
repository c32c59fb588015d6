import type { Connection, ConnectionSettings, Session } from '@sokker/connection';
import type { Agreement, Declined } from '@sokker/handshake';
import type { Duplex } from 'node:stream';
import { placeOf, unreachable } from './address.js';
import { attempt, type Opening, type Refused } from './attempt.js';
import { ConnectError } from './errors.js';
import { Heartbeat } from './heartbeat.js';
import type { ConnectSettings } from './options.js';
import { isRedirect, nextHop, type Hop } from './redirect.js';
import { firstLineOf } from './refusal-text.js';

/** Makes the connection over a stream whose handshake is done. */
export type MakeConnection<Made, Context> = (
  stream: Duplex,
  settings: ConnectionSettings,
  session: Session<Context>,
  owner: Heartbeat | undefined,
) => Made;

export interface Opened<Made> {
  readonly connection: Made;
  readonly agreement: Agreement;
}

/** Opens a WebSocket, over as many redirects as are allowed. */
export async function open<Made extends Connection<Context>, Context>(
  url: string | URL,
  settings: ConnectSettings<Context>,
  make: MakeConnection<Made, Context>,
): Promise<Opened<Made>> {
  const take = (opening: Opening): Opened<Made> => takeOver(opening, settings, make);
  let hop: Hop = { url, headers: settings.headers, tls: settings.tls };
  for (let left = settings.maxRedirects; ; left--) {
    const follows = (declined: Declined): boolean => left > 0 && isRedirect(declined);
    const outcome = await attempt(hop, settings, { take, follows });
    if (!('type' in outcome)) return outcome;
    if (!follows(outcome.declined)) throw refusal(outcome);
    hop = nextHop(hop, outcome.declined, settings);
  }
}

function takeOver<Made extends Connection<Context>, Context>(
  { request, stream, head, agreement, coder }: Opening,
  settings: ConnectSettings<Context>,
  make: MakeConnection<Made, Context>,
): Opened<Made> {
  if (stream.destroyed) {
    coder?.close();
    throw unreachable(placeOf(request, settings.socketPath), undefined, 'it was lost as soon as it had opened');
  }
  try {
    settings.onHeaders?.(agreement.headers);
    settings.signal?.throwIfAborted();
  } catch (error) {
    coder?.close();
    throw error;
  }
  const protocol = agreement.subprotocol ?? '';
  const heartbeat =
    settings.pingIntervalMs === Infinity ? undefined : new Heartbeat(settings, settings.connection.clock);
  const session = { head, protocol, coder, context: settings.context };
  const connection = make(stream, settings.connection, session, heartbeat);
  heartbeat?.begin(connection);
  return { connection, agreement };
}

function refusal({ declined, body }: Refused): ConnectError {
  const said = firstLineOf(body);
  const detail = said === undefined ? `${declined.status}` : `${declined.status}: ${said}`;
  return new ConnectError('ERR_SOKKER_DECLINED', { declined, body, detail });
}
