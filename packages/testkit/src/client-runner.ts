/** Runs family H: the request that a client makes, and what it does with the response. */
import { judgeFields, readHead, type WrittenHead } from './answer.js';
import { created, givenBytes, passOn } from './arguments.js';
import { headChunkings, type ChunkingOptions } from './chunkings.js';
import type { ClientFixture, ClientRequestFixture, ClientResponseFixture } from './fixture.js';
import { bytesOf } from './hex.js';
import { registerFixtures, type Adapter, type TestFunction } from './runner.js';

const KEY_BYTES = 16;

/** A client that reads a response. */
export interface ClientReceiver {
  /**
   * Takes the next bytes; answers once the connection is open. Throws when it fails, with the response's status in the
   * error's `httpStatus` where it was no 101.
   */
  push(bytes: Buffer): ClientOpened | undefined | Promise<ClientOpened | undefined>;
  /** The server ended the connection: throws unless it was open. */
  end(): void | Promise<void>;
  /** Called once at the end of each run. */
  dispose?(): void | Promise<void>;
}

/** What a client knows when the connection is open. */
export interface ClientOpened {
  readonly subprotocol: string | null;
  /** Bytes behind the response so far: they reach the frame decoder. */
  readonly frames: Buffer;
}

/** The adapter to write for family H. */
export interface ClientImplementation extends Adapter<ClientFixture> {
  /** The request's bytes, with another key each time. Throws when the call is refused. */
  request(
    url: string,
    subprotocols: readonly string[],
    headers: ClientRequestFixture['headers'],
  ): Buffer | Promise<Buffer>;
  /** A client that sent a request with this key and these subprotocols, without extensions. */
  create(key: string, subprotocols: readonly string[]): ClientReceiver | Promise<ClientReceiver>;
}

/** Registers one test per fixture; responses run in all chunkings, split at 64 offsets at most by default. */
export function runClientFixtures(
  implementation: ClientImplementation,
  test: TestFunction,
  fixtures: readonly ClientFixture[],
  chunking: ChunkingOptions = {},
): void {
  registerFixtures(fixtures, implementation, test, async (fixture) => {
    if (fixture.act === 'request') return judgeRequest(implementation, fixture);
    const problems: string[] = [];
    for (const { name, chunks } of headChunkings(responseOf(fixture), chunking)) {
      const found = await judgeResponse(implementation, fixture, chunks);
      problems.push(...found.map((problem) => `${name}: ${problem}`));
    }
    return problems;
  });
}

/** Judges a client on one fixture, fed whole; nothing wrong is an empty list. */
export async function compareClient(
  implementation: ClientImplementation,
  fixture: ClientFixture,
): Promise<readonly string[]> {
  if (fixture.act === 'request') return judgeRequest(implementation, fixture);
  return judgeResponse(implementation, fixture, [responseOf(fixture)]);
}

function responseOf(fixture: ClientResponseFixture): Buffer {
  return Buffer.concat([Buffer.from(fixture.response, 'latin1'), bytesOf(fixture.after)]);
}

async function judgeRequest(
  implementation: ClientImplementation,
  { url, subprotocols, headers, expect }: ClientRequestFixture,
): Promise<readonly string[]> {
  let made: Buffer;
  try {
    made = await implementation.request(url, subprotocols, headers);
  } catch (error) {
    passOn(error);
    return expect === null ? [] : [`refused: ${String(error)}`];
  }
  const head = readHead(givenBytes('what request returns', made));
  if (expect === null) return [`sent ${head?.start ?? 'a broken request'}, expected a refusal`];
  if (head === undefined) return ['the request has no end'];
  const start = `GET ${expect.target} HTTP/1.1`;
  const wrongStart = head.start === start ? [] : [`began with ${head.start}, expected ${start}`];
  const behind = head.bytesBehind === 0 ? [] : [`${head.bytesBehind} bytes stand behind the head`];
  return [...wrongStart, ...judgeFields(expect.headers, head.fields), ...judgeKey(implementation, head), ...behind];
}

/** The last key of each client: one that comes again was not chosen at random. */
const lastKeys = new WeakMap<object, string>();

/**
 * One nonce of 16 bytes, another for each connection (RFC 6455 §4.1).
 * @param client stands for whoever sent the head: what comes again is looked for among its own
 */
export function judgeKey(client: object, { fields }: WrittenHead): readonly string[] {
  const keys = fields.filter(([name]) => name === 'sec-websocket-key').map(([, value]) => value);
  const [key = ''] = keys;
  const bytes = Buffer.from(key, 'base64');
  if (keys.length !== 1 || bytes.length !== KEY_BYTES || bytes.toString('base64') !== key)
    return [`sec-websocket-key is ${keys.join(' and ') || 'absent'}, expected 16 bytes in base64, once`];
  const isRepeated = lastKeys.get(client) === key;
  lastKeys.set(client, key);
  return isRepeated ? [`sec-websocket-key is ${key} again, expected another for each request`] : [];
}

async function judgeResponse(
  implementation: ClientImplementation,
  fixture: ClientResponseFixture,
  chunks: readonly Buffer[],
): Promise<readonly string[]> {
  const client = created(await implementation.create(fixture.key, fixture.subprotocols), 'push', 'end');
  try {
    const { opened, frames } = await feed(client, chunks);
    if (fixture.ends) await client.end();
    return judgeOpened(fixture, opened, frames);
  } catch (error) {
    return judgeFailure(fixture, error);
  } finally {
    await client.dispose?.();
  }
}

/** Pushes until the connection is open; what comes after that is the frame decoder's. */
async function feed(
  client: ClientReceiver,
  chunks: readonly Buffer[],
): Promise<{ opened: ClientOpened | undefined; frames: Buffer }> {
  for (const [at, chunk] of chunks.entries()) {
    const opened = await client.push(chunk);
    if (opened === undefined) continue;
    const behind = givenBytes('frames', opened.frames);
    return { opened, frames: Buffer.concat([behind, ...chunks.slice(at + 1)]) };
  }
  return { opened: undefined, frames: Buffer.alloc(0) };
}

function judgeFailure({ expect }: ClientResponseFixture, error: unknown): readonly string[] {
  passOn(error);
  if (expect.opens) return [`failed: ${String(error)}`];
  const status = error instanceof Error && 'httpStatus' in error ? Number(error.httpStatus) : null;
  return expect.httpStatus === null || status === expect.httpStatus ? [] : [`failed with status ${status}`];
}

function judgeOpened({ expect }: ClientResponseFixture, opened: ClientOpened | undefined, frames: Buffer): string[] {
  if (opened === undefined) return ['neither opened nor failed'];
  if (!expect.opens) return ['opened'];
  const problems: string[] = [];
  if (opened.subprotocol !== expect.subprotocol) problems.push(`subprotocol ${String(opened.subprotocol)}`);
  if (!frames.equals(bytesOf(expect.frames))) problems.push(`${frames.length} bytes reached the frame decoder`);
  return problems;
}
