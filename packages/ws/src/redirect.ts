import { readAddress, type Address } from './address.js';
import type { WebSocketClientOptions } from './client-options.js';

const CREDENTIALS: readonly string[] = ['authorization', 'cookie', 'host', 'proxy-authorization'];
/** The same in TLS, contexts and tickets included that were made with it. */
const IDENTITY: readonly string[] = [
  'auth',
  'cert',
  'clientCertEngine',
  'key',
  'passphrase',
  'pfx',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'pskCallback',
  'secureContext',
  'servername',
  'session',
];

export interface Hop {
  readonly address: Address;
  readonly options: WebSocketClientOptions;
}

/**
 * Where a redirect leads, and with what of that which was meant for the server asked first.
 * @throws SyntaxError for what is no address of a WebSocket; Error for where it may not lead
 */
export function redirected({ address: from, options }: Hop, location: string): Hop {
  const to = readAddress(location, from.url);
  if (from.secure && !to.secure) throw new Error('A redirect from wss: to ws: is not followed');
  // Which of these there are is no remote server's to say.
  if (to.socketPath !== undefined) throw new Error('A redirect to a unix socket is not followed');
  if (from.url.host === to.url.host && from.secure === to.secure) return { address: to, options };
  // What it shows a server of us, a certificate for one, is out of our hands.
  const way = (options.agent && 'agent') ?? (options.createConnection && 'createConnection');
  if (way !== undefined) throw new Error(`A redirect to another origin is not followed with ${way}`);
  return { address: to, options: anonymous(options) };
}

function anonymous({ headers, ...others }: WebSocketClientOptions): WebSocketClientOptions {
  const kept = Object.entries(headers ?? {}).filter(([name]) => !CREDENTIALS.includes(name.toLowerCase()));
  const rest = Object.entries(others).filter(([name]) => !IDENTITY.includes(name));
  return { ...Object.fromEntries(rest), headers: Object.fromEntries(kept) };
}
