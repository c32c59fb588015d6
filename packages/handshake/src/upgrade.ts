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
 * @param signal gives up when it aborts: a deadline is `AbortSignal.timeout(10_000)`. Default: none. It is also how long
 *   a peer that was refused may go on sending.
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
  end(stream, answer, signal);
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
    end(stream, refuse({ status: 500 }), signal);
    throw error;
  }
}

/** Whether a socket is encrypted, for `secure` of an UpgradeRequest: a TLSSocket says so of itself. */
export function isEncrypted(stream: Duplex): boolean {
  return (stream as { readonly encrypted?: unknown }).encrypted === true;
}

/** What a refused peer may still send: as much as is under way where buffers are large. */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

/**
 * Answers, ends our side, and discards what comes until the peer ends its own: bytes left unread, or that come for a
 * socket that is gone, would turn the end into a reset, which may overtake the answer.
 */
function end(stream: Duplex, refusal: Refusal, signal: AbortSignal | undefined): void {
  // From here on nobody but us has the stream: a peer that is gone must not end the process.
  stream.on('error', () => undefined);
  if (!stream.writable) return void stream.destroy();
  const destroy = (): void => void stream.destroy();
  const destroyWhenOver = (): void => {
    if (stream.writableFinished && (stream.readableEnded || signal?.aborted === true)) destroy();
  };
  let left = MAX_DISCARDED_BYTES;
  const discard = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) destroy();
  };
  stream.on('data', discard).on('end', destroyWhenOver).resume();
  // One that has aborted refused the request: its answer is still to be written.
  if (signal?.aborted === false) signal.addEventListener('abort', destroy);
  stream.on('close', () => signal?.removeEventListener('abort', destroy));
  stream.end(encodeResponse(refusal), destroyWhenOver);
}
