import { shown, UsageError } from '@sokker/frame';
import { platform } from 'node:process';

const MAX_PORT = 65_535;
/** What tells the path of a unix socket from a host, or a port in letters; a NUL begins a name without a file. */
const PATH_MARKS = ['/', '\\', '\0'];
/** What an address has room for (unix(7)). Node.js cuts what is longer, and listens elsewhere. */
const MAX_PATH_BYTES = { linux: 108, win32: Infinity }[platform as string] ?? 103;

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what is neither a port nor the path of a unix socket */
export function checkAddress(port: unknown, host: unknown): void {
  if (typeof port === 'string') checkPath(port);
  else if (!isPort(port)) throw wrong(`a port is an integer from 0 to ${MAX_PORT}, not ${shown(port)}`);
  if (host !== undefined && (typeof host !== 'string' || host === '')) {
    throw wrong(`a host is a name or an address, not ${shown(host)}`);
  }
}

/**
 * Of what follows the port: node:net and `ws` call back when they listen.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for a function, which nobody would call
 */
export function checkNoCallback(given: readonly unknown[]): void {
  if (!given.some((each) => typeof each === 'function')) return;
  throw wrong('listen takes no callback: write await server.listen(port), or .then(callback) behind it');
}

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what is not a string */
export function checkTopic(topic: unknown): void {
  if (typeof topic !== 'string') throw wrong(`a topic is a string, not ${shown(topic)}`);
}

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what is neither a string nor left out */
export function checkKey(key: unknown): void {
  if (key !== undefined && typeof key !== 'string') throw wrong(`the key of a message is a string, not ${shown(key)}`);
}

/**
 * Apps of Express and servers of node:net emit as well, but no upgrades: what speaks HTTP/1 has a deadline for heads, what
 * speaks HTTP/2 has settings.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for what emits no upgrades
 */
export function checkEmitter(server: unknown): void {
  const { on, off, listenerCount, headersTimeout, updateSettings } = (server ?? {}) as Record<string, unknown>;
  const emits = [on, off, listenerCount].every((method) => typeof method === 'function');
  if (emits && (typeof headersTimeout === 'number' || typeof updateSettings === 'function')) return;
  const expected =
    'a server of node:http, node:https or node:http2, such as http.createServer(app) or app.listen() returns';
  throw wrong(`attach takes ${expected}, not ${shown(server)}`);
}

/** @throws UsageError `ERR_SOKKER_OPTION` for a path that no request has, or that is a pattern elsewhere */
export function checkOnePath(path: unknown): void {
  if (typeof path !== 'string' || !/[?#*]|\/:/.test(path)) return;
  const rule = `path must be one path as it stands, without query, parameters or wildcards, not ${shown(path)}`;
  const instead = "for several give a function, as in (path) => path.startsWith('/rooms/')";
  throw new UsageError('ERR_SOKKER_OPTION', `attach: ${rule}: ${instead}`);
}

/**
 * What a 'connect' listener of node:http2 is given has the same shape, but neither a 101 nor a refusal of HTTP/1.1 may
 * be written to its stream.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for what an 'upgrade' listener of node:http would not be given
 */
export function checkUpgrade(request: unknown, socket: unknown, head: unknown): void {
  const { rawHeaders, httpVersion } = (request ?? {}) as Record<string, unknown>;
  if (!Array.isArray(rawHeaders))
    throw wrong(`the request of handleUpgrade is one of node:http, not ${shown(request)}`);
  if (!String(httpVersion).startsWith('1.')) {
    const instead = 'attach the server that it came to';
    throw wrong(`handleUpgrade takes a request of HTTP/1.1, not of HTTP/${String(httpVersion)}: ${instead}`);
  }
  checkDuplex('handleUpgrade', socket);
  if (!(head instanceof Uint8Array)) throw wrong(`the head of handleUpgrade is a Buffer, not ${shown(head)}`);
}

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what cannot be read and written */
export function checkDuplex(call: 'handleUpgrade' | 'handleSocket', socket: unknown): void {
  const methods = (socket ?? {}) as Record<string, unknown>;
  if (['on', 'read', 'write', 'destroy'].every((name) => typeof methods[name] === 'function')) return;
  throw wrong(`the socket of ${call} is a Duplex, not ${shown(socket)}`);
}

/**
 * What the path function of `attach` answered. A promise is truthy: an async function in this place would have every path.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for what is neither true nor false
 */
export function claimed(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  silence(answer);
  throw wrong('attach: the path function must return true or false');
}

/**
 * What a codec answered. A promise would pass for a message before anything in it was checked.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for a promise
 */
export function checkDecoded(value: unknown): void {
  const { then } = (value ?? {}) as Record<string, unknown>;
  if (typeof then !== 'function') return;
  silence(value);
  throw wrong('the decode of a codec, and the check of jsonCodec, must return a value, not a promise');
}

/** What is wrong is told once: a promise that is rejected as well must not end the process. */
function silence(answer: unknown): void {
  Promise.resolve(answer).catch(() => undefined);
}

function checkPath(path: string): void {
  if (/^\d+$/.test(path)) {
    throw wrong(`a port is a number, not the string ${shown(path)}: convert it, as in Number(process.env.PORT)`);
  }
  if (!PATH_MARKS.some((mark) => path.includes(mark))) {
    throw wrong(`the path of a unix socket has a slash, as in './server.sock', not ${shown(path)}`);
  }
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES)
    throw wrong(`the path of a unix socket has at most ${MAX_PATH_BYTES} bytes, not ${bytes}`);
}

function isPort(port: unknown): boolean {
  return Number.isInteger(port) && Number(port) >= 0 && Number(port) <= MAX_PORT;
}

function wrong(message: string): UsageError {
  return new UsageError('ERR_SOKKER_ARGUMENT', message);
}
