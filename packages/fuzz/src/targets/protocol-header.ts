/* Target 5: Sec-WebSocket-Protocol, from the request's list to the name in the answer and back to the client. */
import { accept, examine, selectSubprotocol } from '@sokker/handshake';
import { fixtures } from '@sokker/testkit';
import { mutateSettings } from '../mutate/bytes.js';
import { mutateText } from '../mutate/text.js';
import { Hash } from '../random.js';
import { must, type Outcome, type Target } from '../target.js';
import { documented } from './handshake-errors.js';

const SETTINGS_BYTES = 1;
const WORDS = ['chat', 'superchat', 'graphql-ws', 'mqtt', 'v1.json', 'Chat', 'a', 'b', 'chat, superchat'];
const SPOKEN = [[], ['chat'], ['superchat', 'chat'], ['a', 'b', 'mqtt']];
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const REQUEST = ['Host', 'a', 'Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Key', KEY];
const SEPARATORS = '()<>@,;:\\"/[]?={} \t';
const MAX_MEMBERS = 64;
const MAX_EMPTY = 8;

export const protocolHeader: Target = {
  name: 'protocol-header',
  title: 'Sec-WebSocket-Protocol, and the choice of a subprotocol',
  settingsBytes: SETTINGS_BYTES,
  seeds: () => {
    const lists = fixtures.handshake.fixtures.flatMap(({ request }) =>
      request.split('\r\n').filter((line) => line.toLowerCase().startsWith('sec-websocket-protocol:')),
    );
    const values = lists.map((line) => line.slice(line.indexOf(':') + 1));
    return [...WORDS, ...values].map((text, index) => Buffer.concat([Buffer.of(index), Buffer.from(text, 'latin1')]));
  },
  mutate(parent, other, random) {
    if (random.oneIn(16)) return mutateSettings(parent, SETTINGS_BYTES, random);
    return mutateText(parent, other, SETTINGS_BYTES, WORDS, random);
  },
  execute,
  describe: (input) => JSON.stringify(input.toString('latin1', SETTINGS_BYTES)),
};

function execute(input: Buffer): Outcome {
  const spoken = SPOKEN[(input[0] ?? 0) % SPOKEN.length] ?? [];
  const lines = input.toString('latin1', SETTINGS_BYTES).split('\r\n');
  const rawHeaders = [...REQUEST, 'Sec-WebSocket-Version', '13'];
  for (const line of lines) rawHeaders.push('Sec-WebSocket-Protocol', line);
  const offer = examine({ method: 'GET', target: '/', httpVersion: '1.1', rawHeaders });
  if (offer.type === 'refusal') {
    const code = documented(offer.error, 'server');
    // Other rules come first: those of all headers.
    if (code === 'ERR_SOKKER_SUBPROTOCOLS') must(naive(lines) === undefined, 'as a naive reader', () => 'refused');
    return new Hash().text(code).value;
  }
  const expected = naive(lines);
  const { subprotocols } = offer;
  must(
    show(subprotocols) === show(expected),
    'as a naive reader',
    () => `${show(subprotocols)}, not ${show(expected)}`,
  );
  const subprotocol = selectSubprotocol(subprotocols, spoken);
  const answer = accept(offer, { subprotocol });
  const at = answer.rawHeaders.indexOf('Sec-WebSocket-Protocol');
  const sent = at < 0 ? undefined : answer.rawHeaders[at + 1];
  const legal = sent === undefined ? subprotocol === undefined : subprotocols.includes(sent) && spoken.includes(sent);
  must(legal, 'only what was offered', () => `answered ${String(sent)} to ${show(subprotocols)}`);
  return new Hash().add(Math.min(subprotocols.length, 8)).text(sent ?? '').value;
}

/** The rule in other words: members between commas, each a token, no two alike; undefined where it is broken. */
function naive(lines: readonly string[]): readonly string[] | undefined {
  const members = lines.flatMap((line) => line.split(',')).map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  const names = members.filter((member) => member !== '');
  const isToken = (name: string): boolean => {
    return Array.from(name).every((letter) => letter > ' ' && letter < '\x7f' && !SEPARATORS.includes(letter));
  };
  if (members.length - names.length > MAX_EMPTY || names.length > MAX_MEMBERS || names.length === 0) return undefined;
  return names.every(isToken) && new Set(names).size === names.length ? names : undefined;
}

function show(names: readonly string[] | undefined): string {
  return names === undefined ? 'refused' : JSON.stringify(names);
}
