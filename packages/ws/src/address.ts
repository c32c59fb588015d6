/** Where a WebSocket is asked for. */
export interface Address {
  /** Of `ws:` or `wss:`, or these with `+unix`. */
  readonly url: URL;
  readonly secure: boolean;
  /** Of a unix socket. */
  readonly socketPath: string | undefined;
  /** What is asked for there: path and query. */
  readonly path: string;
}

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
  ['ws:', 'ws:'],
  ['wss:', 'wss:'],
  ['ws+unix:', 'ws+unix:'],
  ['wss+unix:', 'wss+unix:'],
]);

/**
 * @param base what a relative address goes from
 * @throws SyntaxError, as a page is told; it does not show the address, which may have a password
 */
export function readAddress(text: string, base?: URL): Address {
  const given = parse(text, base);
  const scheme = SCHEMES.get(given?.protocol ?? '');
  if (given === undefined || scheme === undefined) {
    throw new SyntaxError('Invalid URL: it must be absolute, of ws:, wss:, http:, https: or ws+unix:');
  }
  if (given.href.includes('#')) throw new SyntaxError('Invalid URL: it has a fragment identifier');
  // URL changes no scheme to one of another kind, hence through the text.
  const url = new URL(`${scheme}${given.href.slice(given.protocol.length)}`);
  const secure = scheme.startsWith('wss');
  if (!scheme.endsWith('+unix:')) return { url, secure, socketPath: undefined, path: url.pathname + url.search };
  const [socketPath = '', path = '/'] = url.pathname.split(':', 2);
  if (socketPath === '') throw new SyntaxError('Invalid URL: it names no socket');
  return { url, secure, socketPath, path: path + url.search };
}

/** Not through URL.canParse: in Node 20 and 22 it refuses every URL beyond ASCII once the call is optimised. */
function parse(text: string, base: URL | undefined): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Runs what may find an address or a subprotocol wrong, and says so as a page is told. */
export function orSyntaxError<Value>(run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    throw new SyntaxError((error as Error).message, { cause: error });
  }
}
