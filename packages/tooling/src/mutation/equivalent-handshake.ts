import { equivalentsOf, SLOW } from './equivalent.js';

const PAST_END = 'Past the end there is nothing to find.';
const CLIENT = 'A role is asked for no more than whether it is the server.';
const NO_STATUS = 'Only a client judges this rule, and so it has no status, whoever asks.';
const OTHER = 'Any text will do that is not the one asked for.';
const TYPE = 'For the type alone: it is never absent there.';
const GUARD = 'For the type alone: what it excludes fails the test that follows too.';

export const HANDSHAKE_EQUIVALENT = equivalentsOf('handshake', {
  'client-request': {
    'for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) < 0x20) return true;': [
      PAST_END,
      'index <= text.length',
    ],
  },
  'client-response': {
    "const headers = judgeFields(response.rawHeaders, settle(limits), STATUS_LINE_BYTES + reason.length, 'client');": [
      CLIENT,
      '""',
    ],
    "if (!listNames(headers.all('connection'), 'upgrade', 'client')) return 'ERR_SOKKER_RESPONSE_CONNECTION';": [
      CLIENT,
      '""',
    ],
    "return confirmExtensions(parseExtensions(lines, 'client'), request.extensions);": [CLIENT, '""'],
    "if (code !== undefined) throw violation(code, { role: 'client' });": [NO_STATUS, '{}', '""'],
    "if (!asked.includes(chosen)) throw violation('ERR_SOKKER_RESPONSE_SUBPROTOCOL', { role: 'client' });": [
      NO_STATUS,
      '{}',
      '""',
    ],
    "if (lines.length > 1) throw violation('ERR_SOKKER_EXTENSIONS_REPEATED', { role: 'client' });": [
      NO_STATUS,
      '{}',
      '""',
    ],
    "if (trimSpace(headers.only('upgrade') ?? '').toLowerCase() !== 'websocket') return 'ERR_SOKKER_RESPONSE_UPGRADE';":
      [OTHER, '"Stryker was here!"'],
    "if (trimSpace(headers.only('sec-websocket-accept') ?? '') !== acceptKey(key)) return 'ERR_SOKKER_ACCEPT';": [
      OTHER,
      '"Stryker was here!"',
    ],
    "const chosen = trimSpace(headers.only('sec-websocket-protocol') ?? '');": [OTHER, '"Stryker was here!"'],
  },
  'connect-rules': {
    'for (let index = 0; index < rawHeaders.length; index += 2) {': [PAST_END, 'index <= rawHeaders.length'],
    "const name = rawHeaders[index] ?? '';": [TYPE],
    "const authority = parseAuthority(headers.only(':authority') ?? '');": [OTHER, '"Stryker was here!"'],
    "const host = parseAuthority(headers.only('host') ?? '');": [OTHER, '"Stryker was here!"'],
  },
  'field-list': {
    'while (first < last && isSpace(text.charCodeAt(first))) first++;': ['It stops at the end, or at the comma there.'],
    'while (last > first && isSpace(text.charCodeAt(last - 1))) last--;': [
      'Of space alone nothing is left, wherever it stops.',
    ],
  },
  'head-encoder': {
    'return body === undefined || body.length === 0 ? head : Buffer.concat([head, body]);': [
      'A copy of the head.',
      'false',
    ],
    "const name = rawHeaders[index] ?? '';": [TYPE],
  },
  'head-reader': {
    'const bytes = from === 0 ? chunk : this.#hold(chunk, to);': [
      'Read where it was copied to, it is the same head.',
      'false',
    ],
    'if (from === 0) this.#hold(chunk, to);': ['Held already, it has nothing left to copy.', 'true'],
    'if (to > this.#held.length) {': [SLOW, 'to >= this.#held.length'],
    'if (Buffer.isBuffer(chunk)) return chunk;': ['A view of the same bytes.', 'false'],
  },
  'head-stream': {
    "return takeHead(stream, new ResponseHeadReader(bounds), 'client', signal);": [CLIENT, '""'],
    "const onAbort = (): void => fail(violation('ERR_SOKKER_HEAD_TIMEOUT', { role, cause: signal?.reason }));": [
      'Only a signal that is there aborts.',
      'signal.reason',
    ],
    'if (reader.rest.length > 0) stream.unshift(reader.rest);': ['Node passes over an empty chunk.'],
    'if (head !== undefined) return head;': ['read() answers all that is there, so there is no second chunk.', 'true'],
  },
  'header-fields': {
    "this.#add((rawHeaders[index] ?? '').toLowerCase(), rawHeaders[index + 1] ?? '');": [TYPE],
    "for (const name of this.#values.keys()) yield [name, this.get(name) ?? ''];": [TYPE],
    "const name = rawHeaders[index] ?? '';": [TYPE],
    "const value = rawHeaders[index + 1] ?? '';": [TYPE],
  },
  negotiation: {
    'if (extensions.length === 0) return;': [SLOW, 'false'],
    'if (extensions.length === 0) return admitted;': [SLOW, 'false'],
    "if (extension === undefined) throw violation('ERR_SOKKER_EXTENSION_UNASKED', { role: 'client', detail: cut(name) });":
      [CLIENT, '""'],
    "throw violation('ERR_SOKKER_EXTENSION_TWICE', { role: 'client', detail: cut(name) });": [CLIENT, '""'],
    "return violation('ERR_SOKKER_EXTENSION_PARAMETERS', { role: 'client', detail, cause });": [CLIENT, '""'],
  },
  options: {
    'if (known !== undefined) return known;': [SLOW, 'false'],
  },
  origin: {
    "const defaultPort = DEFAULT_PORTS.get(page?.scheme ?? '');": ['Any text will do that is no scheme.'],
    'if (page === undefined || defaultPort === undefined) return false;': [
      'Without a page there is no default port either.',
      'false',
    ],
    "const suffix = port === undefined || port === DEFAULT_PORTS.get(scheme) ? '' : `:${port}`;": [
      'Both sides of the comparison are spelled alike.',
      '"Stryker was here!"',
    ],
  },
  'output-headers': {
    "if (typeof name !== 'string' || !isToken(name)) throw optionError('headers', 'has a name that is not a token');": [
      GUARD,
      'false',
    ],
  },
  refusal: {
    "function refusal({ status, headers, body, error }: Answer, { httpVersion = '1.1', method }: RefusedRequest): Refusal {":
      ['Any version will do that is not one of streams.', '""'],
    "const name = (headers[index] ?? '').toLowerCase();": [TYPE],
    "if (name !== 'upgrade') kept.push(name, headers[index + 1] ?? '');": [TYPE],
  },
  'request-target': {
    'const head = target.slice(0, 8).toLowerCase();': [SLOW, 'target'],
    "while (end < text.length && text[end] !== '/' && text[end] !== '?') end++;": [
      'A slice ends where the text does.',
      'end <= text.length',
    ],
    'for (let index = 0; index < text.length; index++) {': [PAST_END, 'index <= text.length'],
  },
  'response-head': {
    "if (this.#state === 'reading') throw violation('ERR_SOKKER_HEAD_TRUNCATED', { role: 'client' });": [CLIENT, '""'],
    "return new HeadReader('client', parseStatusLine, this.#limits);": [CLIENT, '""'],
    "if (!version.startsWith('HTTP/1.')) throw violation('ERR_SOKKER_HTTP_VERSION', { role: 'client' });": [
      CLIENT,
      '""',
    ],
    "if (++this.#interim > MAX_INTERIM_RESPONSES) throw violation('ERR_SOKKER_TOO_MANY_INTERIM', { role: 'client' });":
      [NO_STATUS, '{}', '""'],
    "throw violation('ERR_SOKKER_STATUS_LINE', { role: 'client' });": [NO_STATUS, '{}', '""'],
  },
  subprotocol: {
    "if (isUnique && names.every((name) => typeof name === 'string' && isToken(name))) return;": [GUARD, 'true'],
  },
  'upgrade-request': {
    "const httpVersion = isExtendedConnect(request) ? request.httpVersion : '1.1';": [
      'Any version will do that is not one of streams.',
      '""',
    ],
  },
  'upgrade-rules': {
    "const authority = parseAuthority(headers.only('host') ?? '');": [OTHER, '"Stryker was here!"'],
  },
  upgrade: {
    'if (!stream.writable) return void stream.destroy();': [
      'What is no longer writable calls back with an error, and is destroyed all the same.',
      'false',
    ],
  },
});
