/* Target 7: a response's bytes, as a client reads and judges them. */
import { permessageDeflate } from '@sokker/deflate';
import { createRequest, ResponseHeadReader, verifyResponse } from '@sokker/handshake';
import type { ResponseHead } from '@sokker/handshake';
import { fixtures } from '@sokker/testkit';
import { Hash } from '../random.js';
import { must, type Outcome, type Target } from '../target.js';
import { documented } from './handshake-errors.js';
import { readHead, sameReading, type Reading } from './head-reading.js';
import { HEAD_SETTINGS_BYTES, headInputs, pieces } from './heads.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const randomBytes = (): Buffer => Buffer.from(KEY, 'base64');

const REQUESTS = [
  createRequest('ws://example.com/chat', { randomBytes }),
  createRequest('ws://example.com/chat', { randomBytes, subprotocols: ['chat', 'superchat'] }),
  createRequest('ws://example.com/chat', { randomBytes, extensions: [permessageDeflate()] }),
] as const;

export const handshakeResponse: Target = {
  name: 'handshake-response',
  title: 'the response to a handshake, from its bytes to the agreement',
  ...headInputs,
  seeds: () =>
    fixtures.client.fixtures
      .flatMap((fixture, index) => {
        if (fixture.act !== 'response' || fixture.key !== KEY) return [];
        const choice = fixture.subprotocols.length > 0 ? 1 : fixture.response.includes('Extensions') ? 2 : 0;
        const bytes = [Buffer.from(fixture.response, 'latin1'), Buffer.from(fixture.after, 'hex')];
        return [Buffer.concat([Buffer.of(choice, index & 0xff), ...bytes])];
      })
      .filter(({ length }) => length <= 2048),
  execute,
};

function execute(input: Buffer): Outcome {
  const [choice = 0, cuts = 0] = input;
  const bytes = input.subarray(HEAD_SETTINGS_BYTES);
  const whole = read([bytes]);
  sameReading(whole, read(pieces(bytes, cuts)));
  if (whole.error !== undefined) return new Hash().text(documented(whole.error, 'client')).add(2).value;
  if (whole.head === undefined) return 1;
  must(bytes.subarray(bytes.length - whole.rest.length).equals(whole.rest), 'what follows is untouched', () => '');
  const request = REQUESTS[choice % REQUESTS.length] ?? REQUESTS[0];
  try {
    const result = verifyResponse(request, whole.head);
    if (result.type === 'declined') {
      must(result.status !== 101 && result.status >= 200, 'declined', () => String(result.status));
      return new Hash().add(result.status).value;
    }
    judgeAgreement(whole.head, request.subprotocols, result.subprotocol);
    for (const { session } of result.extensions) (session as { close(): void }).close();
    return new Hash()
      .add(result.extensions.length)
      .text(result.subprotocol ?? '')
      .add(101).value;
  } catch (error) {
    return new Hash().text(documented(error, 'client')).value;
  }
}

function read(chunks: readonly Buffer[]): Reading<ResponseHead> {
  return readHead(new ResponseHeadReader({ maxHeadBytes: 4096, maxHeaders: 40 }), chunks);
}

/** It opens only on the six conditions of RFC 6455 §4.1. */
function judgeAgreement(
  { status, rawHeaders }: ResponseHead,
  asked: readonly string[],
  chosen: string | undefined,
): void {
  const values = (wanted: string): string[] => {
    return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted);
  };
  const isUpgrade = values('connection').some((line) =>
    line.split(',').some((member) => member.trim().toLowerCase() === 'upgrade'),
  );
  const legal =
    status === 101 &&
    isUpgrade &&
    values('upgrade').join().toLowerCase() === 'websocket' &&
    values('sec-websocket-accept').join() === ACCEPT &&
    values('content-length').length + values('transfer-encoding').length === 0 &&
    values('sec-websocket-protocol').join() === (chosen ?? '') &&
    (chosen === undefined || asked.includes(chosen));
  must(legal, 'no agreement without its conditions', () => JSON.stringify(rawHeaders));
}
