/* The way through somebody else's http.Agent. Agents of proxies are written against node:http's own requests: they
 * rewrite its path, add headers, replay a proxy's refusal. So the request is a real one, and its response is judged
 * again by our own rules. */
import { nodeHeaders, type ResponseHead } from '@sokker/handshake';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { unreachable } from './address.js';
import { unlessAborted, type Deadline } from './deadline.js';
import { blaming, insecure, tlsOptions, type Route } from './dial.js';
import { codeOf, handshakeFault } from './errors.js';
import { MAX_INTERIM_RESPONSES, type Exchange } from './exchange.js';
import type { ConnectSettings } from './options.js';

const SWITCHING = 101;

export async function exchangeThroughAgent(
  route: Route,
  settings: ConnectSettings,
  deadline: Deadline,
): Promise<Exchange> {
  // A request that nobody listens to would throw its error at the process.
  deadline.signal.throwIfAborted();
  deadline.start('connect', settings.connectTimeoutMs);
  const sent = send(route, settings);
  return unlessAborted(
    deadline.signal,
    (resolve, reject) => {
      const phase = followSocket(sent, settings, deadline);
      const fail = (error: Error): void => {
        sent.destroy();
        reject(error);
      };
      let interim = 0;
      // Later errors belong to the connection, or to nobody.
      sent.on('error', (cause) => fail(errorIn(phase(), cause)));
      sent.on('upgrade', (response, stream, head) => {
        resolve({ response: headOf(response), stream, head, body: { source: response, decoder: undefined } });
      });
      sent.on('response', (response) => {
        // Ours alone from here on, as after an upgrade: the agent gives it to nobody, and another the place it had.
        response.socket.emit('agentRemove');
        const body = { source: response, decoder: undefined };
        resolve({ response: headOf(response), stream: response.socket, head: undefined, body });
      });
      sent.on('information', (info) => {
        if (++interim > MAX_INTERIM_RESPONSES) return fail(handshakeFault('ERR_SOKKER_TOO_MANY_INTERIM'));
        // node:http takes a 101 that names no upgrade for an interim response.
        if (info.statusCode === SWITCHING) fail(handshakeFault('ERR_SOKKER_RESPONSE_UPGRADE'));
      });
      sent.end();
    },
    () => sent.destroy(),
  );
}

function send({ request, tls }: Route, settings: ConnectSettings): http.ClientRequest {
  const options = {
    agent: settings.agent,
    host: request.hostname,
    port: request.port,
    method: request.method,
    path: request.target,
    // Agents set headers of their own, which node:http only allows beside an object.
    headers: nodeHeaders(request.rawHeaders),
    setHost: false,
    insecureHTTPParser: false,
    maxHeaderSize: Math.min(settings.maxHeadBytes, 2 ** 31 - 1),
    ...(settings.lookup && { lookup: settings.lookup }),
  };
  // An agent of Node makes its socket at once, and that asks for the address at once.
  const atFault = ['agent'];
  if (request.secure && tls !== undefined) atFault.push('tls');
  if (settings.lookup !== undefined) atFault.push('lookup');
  return blaming(atFault.join(' or '), () =>
    request.secure ? https.request({ ...tlsOptions({ request, tls }), ...options }) : http.request(options),
  );
}

type Stage = 'connecting' | 'securing' | 'waiting';

/** Moves the deadline on as the socket gets ready; answers where it stands. */
function followSocket(sent: http.ClientRequest, settings: ConnectSettings, deadline: Deadline): () => Stage {
  let stage: Stage = 'connecting';
  const onSecure = (): void => {
    stage = 'waiting';
    deadline.start('handshake', settings.handshakeTimeoutMs);
  };
  const onConnect = (socket: Socket & { readonly secureConnecting?: boolean }): void => {
    if (socket.secureConnecting !== true) return onSecure();
    stage = 'securing';
    deadline.start('tls', settings.tlsTimeoutMs);
    socket.once('secureConnect', onSecure);
  };
  sent.once('socket', (socket: Socket) => {
    if (socket.connecting) socket.once('connect', () => onConnect(socket));
    else onConnect(socket);
  });
  return () => stage;
}

function headOf(response: http.IncomingMessage): ResponseHead {
  const { httpVersion, statusCode: status = 0, statusMessage: reason = '', rawHeaders } = response;
  return { httpVersion, status, reason, rawHeaders };
}

function errorIn(stage: Stage, cause: Error): Error {
  if (stage === 'connecting') return unreachable('through the agent', cause);
  if (stage === 'securing') return insecure(cause);
  const code = codeOf(cause);
  if (code === 'HPE_HEADER_OVERFLOW') return handshakeFault('ERR_SOKKER_HEAD_TOO_BIG', cause);
  return handshakeFault(
    code?.startsWith('HPE_') === true ? 'ERR_SOKKER_STATUS_LINE' : 'ERR_SOKKER_HEAD_TRUNCATED',
    cause,
  );
}
