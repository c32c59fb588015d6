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
 * @param signal gives up when it aborts: a deadline is `AbortSignal.timeout(10_000)`. Default: none. With one, a peer that
 *   was refused may go on sending for a while, lest a reset overtake the answer: until it ends, the signal aborts, or it
 *   was silent for a second (where the stream is a socket) or sent too much. Destroying the stream at the rejection gives
 *   that up. Without one the stream is destroyed once the answer is written.
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

/**
 * Whether a socket is encrypted, for `secure` of an UpgradeRequest: a TLSSocket says so of itself, of a stream of
 * node:http2 its session does.
 */
export function isEncrypted(stream: Duplex): boolean {
  const { encrypted, session } = stream as Encrypted & { readonly session?: Encrypted };
  return encrypted === true || session?.encrypted === true;
}

interface Encrypted {
  readonly encrypted?: unknown;
}

/** What a refused peer may still send: what was under way when it was refused, and no upload. */
const MAX_DISCARDED_BYTES = 1024 * 1024;
const MAX_DISCARDED_CHUNKS = 64;
const MAX_SILENCE_MS = 1000;

/** Answers and ends our side. Whoever gave a signal has a bound for waiting; without one there is no lingering. */
function end(stream: Duplex, refusal: Refusal, signal: AbortSignal | undefined): void {
  // From here on nobody but us has the stream: a peer that is gone must not end the process.
  stream.on('error', () => undefined);
  if (!stream.writable) return void stream.destroy();
  // One that has aborted refused the request: its answer is still to be written.
  const lingers = signal?.aborted === false;
  if (lingers) discard(stream, signal);
  else stream.resume();
  stream.end(encodeResponse(refusal), () => {
    if (!lingers || stream.readableEnded) stream.destroy();
  });
}

/** Sockets know how long they have been silent: a facility of theirs, there are no timers here. */
interface OwnTimeout {
  setTimeout?(ms: number, onTimeout: () => void): unknown;
}

/**
 * Discards what comes until the peer ends its side: bytes left unread, or that come for a socket that is gone, would
 * turn the end into a reset, which may overtake the answer. It is bounded in itself, as a signal may never abort.
 */
function discard(stream: Duplex & OwnTimeout, signal: AbortSignal): void {
  const destroy = (): void => void stream.destroy();
  let bytes = 0;
  let chunks = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks++;
    if (bytes > MAX_DISCARDED_BYTES || chunks > MAX_DISCARDED_CHUNKS) destroy();
  });
  stream.on('end', () => {
    if (stream.writableFinished) destroy();
  });
  stream.setTimeout?.(MAX_SILENCE_MS, destroy);
  signal.addEventListener('abort', destroy);
  stream.on('close', () => signal.removeEventListener('abort', destroy));
}
