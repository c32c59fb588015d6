/* Target 4: the grammar of Sec-WebSocket-Extensions, and permessage-deflate's answer to what it holds. */
import { permessageDeflate } from '@sokker/deflate';
import { createRequest, formatExtension, parseExtensions, respond, verifyResponse } from '@sokker/handshake';
import type { ExtensionEntry } from '@sokker/handshake';
import { fixtures } from '@sokker/testkit';
import { mutateSettings } from '../mutate/bytes.js';
import { mutateText } from '../mutate/text.js';
import { Hash } from '../random.js';
import { must, type Outcome, type Target } from '../target.js';
import { documented } from './handshake-errors.js';

const SETTINGS_BYTES = 1;
const WORDS = ['permessage-deflate', 'server_max_window_bits', 'client_max_window_bits', 'server_no_context_takeover']
  .concat(['client_no_context_takeover', 'x-webkit-deflate-frame', 'a', 'bbf-usp-protocol', '10', '15', '8', '7'])
  .concat([
    'permessage-deflate; client_max_window_bits',
    '; server_max_window_bits=10',
    '; server_max_window_bits="10"',
  ]);
const MAX_MEMBERS = 64;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const REQUEST = ['Host', 'a', 'Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Key', KEY];

/** What the settings byte chooses from. */
const EXTENSIONS = [
  permessageDeflate(),
  permessageDeflate({ preset: '200KiB' }),
  permessageDeflate({ serverMaxWindowBits: 9, clientMaxWindowBits: 9 }),
  permessageDeflate({ serverNoContextTakeover: true, clientNoContextTakeover: false }),
];

export const extensionHeader: Target = {
  name: 'extension-header',
  title: 'Sec-WebSocket-Extensions, and the negotiation of permessage-deflate',
  settingsBytes: SETTINGS_BYTES,
  seeds: () =>
    fixtures.negotiation.fixtures.flatMap(({ offer, answer }) =>
      [offer, answer ?? []].map((lines, index) =>
        Buffer.concat([Buffer.of(index), Buffer.from(lines.join('\r\n'), 'latin1')]),
      ),
    ),
  mutate(parent, other, random) {
    if (random.oneIn(16)) return mutateSettings(parent, SETTINGS_BYTES, random);
    return mutateText(parent, other, SETTINGS_BYTES, WORDS, random);
  },
  execute,
  describe: (input) => JSON.stringify(input.toString('latin1', SETTINGS_BYTES)),
};

function execute(input: Buffer): Outcome {
  const [choice = 0] = input;
  const role = (choice & 1) === 0 ? 'server' : 'client';
  const lines = input.toString('latin1', SETTINGS_BYTES).split('\r\n');
  const hash = new Hash();
  let entries: ExtensionEntry[] | undefined;
  try {
    entries = parseExtensions(lines, role);
  } catch (error) {
    hash.text(documented(error, role));
  }
  sameWhenJoined(lines, role, entries);
  if (entries !== undefined) {
    judgeEntries(entries);
    hash
      .add(Math.min(entries.length, 4))
      .add(Math.min(entries[0]?.parameters.size ?? 0, 4))
      .add(entries.some(({ repeated }) => repeated !== undefined) ? 1 : 0);
  }
  const extension = EXTENSIONS[(choice >> 1) % EXTENSIONS.length] ?? permessageDeflate();
  return (role === 'server' ? negotiate(lines, extension, hash) : confirm(lines, extension, hash)).value;
}

/** Several lines are one list (RFC 9110 §5.3). */
function sameWhenJoined(
  lines: readonly string[],
  role: 'client' | 'server',
  entries: ExtensionEntry[] | undefined,
): void {
  let joined: ExtensionEntry[] | undefined;
  try {
    joined = parseExtensions(lines.join(','), role);
  } catch (error) {
    documented(error, role);
  }
  must(show(joined) === show(entries), 'lines are one list', () => `${show(entries)}, joined ${show(joined)}`);
}

/** What was read is within the bounds, and reads the same when it is written. */
function judgeEntries(entries: readonly ExtensionEntry[]): void {
  must(entries.length >= 1 && entries.length <= MAX_MEMBERS, 'bounds', () => `${entries.length} members`);
  const written = entries.map(({ name, parameters }) => formatExtension(name, parameters));
  const again = parseExtensions(written.join(', ').slice(0, 16 * 1024));
  const plain = entries.map((entry) => ({ ...entry, repeated: undefined }));
  must(show(again) === show(plain), 'output parses again', () => `${show(plain)}, again ${show(again)}`);
}

function show(entries: readonly ExtensionEntry[] | undefined): string {
  if (entries === undefined) return 'refused';
  return JSON.stringify(entries.map(({ name, parameters, repeated }) => [name, [...parameters], repeated]));
}

/** A server's answer is 101 with a header that its own client takes, 101 without, or 400. */
function negotiate(lines: readonly string[], extension: (typeof EXTENSIONS)[number], hash: Hash): Hash {
  const rawHeaders = [...REQUEST, 'Sec-WebSocket-Version', '13'];
  for (const line of lines) rawHeaders.push('Sec-WebSocket-Extensions', line);
  const answer = respond({ method: 'GET', target: '/', httpVersion: '1.1', rawHeaders }, { extensions: [extension] });
  if (answer.type === 'refusal') return hash.text(documented(answer.error, 'server'));
  for (const { name, parameters, session } of answer.extensions) {
    must(name === 'permessage-deflate', 'negotiation', () => `agreed to ${name}`);
    const [entry] = parseExtensions(formatExtension(name, parameters));
    must(
      show(entry && [entry]) === show([{ name, parameters, repeated: undefined }]),
      'output parses again',
      () => name,
    );
    for (const [key, value] of parameters) hash.text(key).text(String(value));
    session.close();
  }
  return hash.add(answer.extensions.length);
}

/** A client takes the answer or says why not. */
function confirm(lines: readonly string[], extension: (typeof EXTENSIONS)[number], hash: Hash): Hash {
  const randomBytes = (): Buffer => Buffer.from(KEY, 'base64');
  const request = createRequest('ws://a/', { extensions: [extension], randomBytes });
  const rawHeaders = ['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', ACCEPT];
  for (const line of lines) rawHeaders.push('Sec-WebSocket-Extensions', line);
  try {
    const agreement = verifyResponse(request, { httpVersion: '1.1', status: 101, reason: '', rawHeaders });
    if (agreement.type === 'declined') return hash;
    for (const { session } of agreement.extensions) session.close();
    return hash.add(agreement.extensions.length);
  } catch (error) {
    return hash.text(documented(error, 'client'));
  }
}
