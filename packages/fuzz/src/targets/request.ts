/* Target 6: a request's bytes, through the head reader and all rules, to the bytes of the answer. */
import { permessageDeflate } from '@sokker/deflate';
import { encodeResponse, RequestHeadReader, refuse, respond, UpgradePolicy } from '@sokker/handshake';
import type { HandshakeError, RequestHead } from '@sokker/handshake';
import { fixtures } from '@sokker/testkit';
import { createHash } from 'node:crypto';
import { Hash } from '../random.js';
import { must, type Outcome, type Target } from '../target.js';
import { documented } from './handshake-errors.js';
import { readHead, sameReading, type Reading } from './head-reading.js';
import { HEAD_SETTINGS_BYTES, headInputs, judgeOwnHead, pieces } from './heads.js';

const EMPTY = Buffer.alloc(0);
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_HEAD_BYTES = 1024;

const POLICIES = [
  new UpgradePolicy({}),
  new UpgradePolicy({ subprotocols: ['chat', 'superchat'], extensions: [permessageDeflate()] }),
  new UpgradePolicy({ origin: 'any', hosts: ['example.com', 'a'] }),
  new UpgradePolicy({ maxHeadBytes: MAX_HEAD_BYTES, maxHeaders: 12, origin: ['http://a', 'https://example.com'] }),
];

export const handshakeRequest: Target = {
  name: 'handshake-request',
  title: 'an upgrade request, from its bytes to those of the answer',
  ...headInputs,
  seeds: () =>
    fixtures.handshake.fixtures
      .map(({ request, after, settings }, index) => {
        const choice = settings.subprotocols.length > 0 ? 1 : settings.origin === 'any' ? 2 : 0;
        return Buffer.concat([
          Buffer.of(choice, index & 0xff),
          Buffer.from(request, 'latin1'),
          Buffer.from(after, 'hex'),
        ]);
      })
      .filter(({ length }) => length <= 2048),
  execute,
};

function execute(input: Buffer): Outcome {
  const [choice = 0, cuts = 0] = input;
  const bytes = input.subarray(HEAD_SETTINGS_BYTES);
  const policy = POLICIES[choice % POLICIES.length] ?? new UpgradePolicy();
  const whole = read([bytes], policy);
  sameReading(whole, read(pieces(bytes, cuts), policy));
  if (whole.error !== undefined) return refused(whole.error);
  if (whole.head === undefined) return 1;
  judgeHead(whole, bytes);
  const answer = respond(whole.head, policy);
  const sent = encodeResponse(answer);
  if (answer.type === 'refusal') {
    judgeOwnHead(sent, answer.status, answer.body);
    return new Hash().text(documented(answer.error, 'server')).value;
  }
  judgeOwnHead(sent, 101, EMPTY);
  judgeAcceptance(whole.head, sent);
  for (const { session } of answer.extensions) (session as { close(): void }).close();
  return new Hash()
    .add(answer.extensions.length)
    .text(answer.subprotocol ?? '')
    .add(101).value;
}

function read(chunks: readonly Buffer[], { maxHeadBytes, maxHeaders }: UpgradePolicy): Reading<RequestHead> {
  return readHead(new RequestHeadReader({ maxHeadBytes, maxHeaders }), chunks);
}

/** A head that cannot be read is refused with an answer that can. */
function refused(error: unknown): Outcome {
  const code = documented(error, 'server');
  const refusal = refuse(error as HandshakeError);
  judgeOwnHead(encodeResponse(refusal), refusal.status, refusal.body);
  return new Hash().text(code).add(2).value;
}

/** Written out again, the head is what came, but for the space around values; and what followed it is untouched. */
function judgeHead({ head, rest }: Reading<RequestHead>, bytes: Buffer): void {
  if (head === undefined) return;
  // RFC 9112 §2.2: one empty line before a request is none of it.
  const start = bytes.toString('latin1', 0, 2) === '\r\n' ? 2 : 0;
  const end = bytes.indexOf('\r\n\r\n', start) + 4;
  must(bytes.subarray(end).equals(rest), 'what follows is untouched', () => rest.toString('latin1'));
  const [first, ...lines] = bytes.toString('latin1', start, end - 4).split('\r\n');
  must(first === `${head.method} ${head.target} HTTP/1.1`, 'as a naive reader', () => String(first));
  must(lines.length * 2 === head.rawHeaders.length, 'as a naive reader', () => `${lines.length} lines`);
  for (const [index, line] of lines.entries()) {
    const [name = '', value = ''] = head.rawHeaders.slice(2 * index, 2 * index + 2);
    const same = line.startsWith(`${name}:`) && line.slice(name.length + 1).replace(/^[ \t]+|[ \t]+$/g, '') === value;
    must(same, 'as a naive reader', () => JSON.stringify([line, name, value]));
  }
}

/** A 101 is only for a request that has all a WebSocket needs, and answers its key. */
function judgeAcceptance({ method, rawHeaders }: RequestHead, sent: Buffer): void {
  const values = (wanted: string): string[] => {
    return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted);
  };
  const names = (list: string[], token: string): boolean =>
    list.some((line) => line.split(',').some((member) => member.trim().toLowerCase() === token));
  const [key = ''] = values('sec-websocket-key');
  const legal =
    method === 'GET' &&
    values('host').length === 1 &&
    names(values('upgrade'), 'websocket') &&
    names(values('connection'), 'upgrade') &&
    values('sec-websocket-version').join() === '13' &&
    values('sec-websocket-key').length === 1 &&
    Buffer.from(key, 'base64').length === 16 &&
    values('transfer-encoding').length === 0 &&
    values('content-length').every((length) => Number(length) === 0) &&
    values('origin').length <= 1;
  must(legal, 'no 101 without its conditions', () => JSON.stringify(rawHeaders));
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  must(sent.includes(`Sec-WebSocket-Accept: ${accept}\r\n`), 'the key is answered', () => sent.toString('latin1'));
}
