import type { Duplex } from 'node:stream';
import type { Acceptance } from './acceptance.js';
import { HandshakeError } from './errors.js';
import { encodeResponse } from './head-encoder.js';
import { readRequestHead } from './head-stream.js';
import { refuse, type Refusal } from './refusal.js';
import { respond } from './respond.js';
import { UpgradePolicy, type UpgradePolicyOptions } from './upgrade-policy.js';

/**
 * The whole opening handshake over a socket of one's own: reads the request, answers it, and leaves the stream at the
 * first byte of the first frame, ready to be piped. A refused request is answered and the stream ended.
 *
 *   await upgrade(socket, { origin: 'any' });
 *   socket.pipe(new FrameDecoder({ role: 'server' })) …
 *
 * @param policy default: same origin, no subprotocols, no extensions.
 * @param signal gives up when it aborts: a deadline is `AbortSignal.timeout(10_000)`. Default: none.
 *
 * Rejects with the HandshakeError of the refusal, which is answered already and needs no more than a line in a log; or
 * with what the policy's own functions threw (the peer got a 500).
 */
export async function upgrade<Session = unknown>(
  stream: Duplex,
  policy: UpgradePolicy<Session> | UpgradePolicyOptions<Session> = {},
  signal?: AbortSignal,
): Promise<Acceptance<Session>> {
  const answer = await answerTo(stream, UpgradePolicy.from(policy), signal);
  if (answer.type === 'acceptance') {
    stream.write(encodeResponse(answer));
    return answer;
  }
  end(stream, answer);
  throw answer.error;
}

async function answerTo<Session>(
  stream: Duplex,
  policy: UpgradePolicy<Session>,
  signal: AbortSignal | undefined,
): Promise<Acceptance<Session> | Refusal> {
  const { maxHeadBytes, maxHeaders } = policy;
  try {
    const head = await readRequestHead(stream, { maxHeadBytes, maxHeaders, ...(signal && { signal }) });
    return respond({ ...head, secure: isEncrypted(stream) }, policy);
  } catch (error) {
    if (error instanceof HandshakeError) return refuse(error);
    end(stream, refuse({ status: 500 }));
    throw error;
  }
}

/** Whether a socket is encrypted, for `secure` of an UpgradeRequest: a TLSSocket says so of itself. */
export function isEncrypted(stream: Duplex): boolean {
  return (stream as { readonly encrypted?: unknown }).encrypted === true;
}

function end(stream: Duplex, refusal: Refusal): void {
  // From here on nobody but us has the stream: a peer that is gone must not end the process.
  stream.on('error', () => undefined);
  // Bytes left unread would turn the end into a reset, which may overtake the answer.
  stream.resume();
  if (stream.writable) stream.end(encodeResponse(refusal), () => stream.destroy());
  else stream.destroy();
}
