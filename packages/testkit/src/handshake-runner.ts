/** Runs families G and K: a server's answer to a request. */
import { judgeAnswer, readHead, statusOf, type WrittenHead } from './answer.js';
import { created, givenBytes } from './arguments.js';
import { headChunkings, oneByte, type ChunkingOptions } from './chunkings.js';
import type { HandshakeFixture, Http2Fixture, ServerSettings } from './fixture.js';
import { bytesOf } from './hex.js';
import { checkOptions, HANDSHAKE_RUN_OPTIONS, HTTP2_RUN_OPTIONS } from './options.js';
import { registerFixtures, type Adapter, type TestFunction } from './runner.js';

/** A server under test, one connection of it. */
export interface HandshakeServer {
  /** Takes the next bytes. A refused request is answered, not thrown. */
  push(bytes: Buffer): void | Promise<void>;
  /** Everything written so far. */
  written(): Buffer;
  /** The bytes behind the request that reach the frame decoder. */
  frames(): Buffer;
  /** Called once at the end of each run. */
  dispose?(): void | Promise<void>;
}

/** The adapter to write for family G. */
export interface HandshakeImplementation extends Adapter<HandshakeFixture> {
  create(settings: ServerSettings): HandshakeServer | Promise<HandshakeServer>;
}

/** The adapter to write for family K. */
export interface Http2Implementation extends Adapter<Http2Fixture> {
  respond(
    settings: ServerSettings,
    pseudoHeaders: Http2Fixture['pseudoHeaders'],
    headers: Http2Fixture['headers'],
  ): Http2Answer | Promise<Http2Answer>;
}

/** A status and header fields, names in lower case. */
export interface Http2Answer {
  readonly status: number;
  readonly headers: WrittenHead['fields'];
}

/** Options of {@link runHttp2Fixtures}. */
export interface Http2RunOptions {
  /**
   * Whether a refusal is as good with any status as with the expected one, or without an answer where no byte reached the
   * decoder: then it is whether the connection opens, and how, that is compared; default `false`.
   */
  readonly anyRefusal?: boolean | undefined;
}

/** Options of {@link runHandshakeFixtures}. */
export interface HandshakeRunOptions extends Http2RunOptions {
  readonly chunking?: ChunkingOptions | undefined;
}

/**
 * Registers one test per fixture of family G; each runs in all chunkings, split at 64 offsets at most by default.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function runHandshakeFixtures(
  implementation: HandshakeImplementation,
  test: TestFunction,
  fixtures: readonly HandshakeFixture[],
  options: HandshakeRunOptions = {},
): void {
  checkOptions('runHandshakeFixtures', HANDSHAKE_RUN_OPTIONS, options);
  const { chunking, anyRefusal } = options;
  registerFixtures(fixtures, implementation, test, async (fixture) => {
    const problems: string[] = [];
    for (const { name, chunks } of headChunkings(requestOf(fixture), chunking)) {
      const found = await judgeHandshake(implementation, fixture, chunks, anyRefusal);
      problems.push(...found.map((problem) => `${name}: ${problem}`));
    }
    return problems;
  });
}

/** Judges a server on one fixture, fed whole or one byte at a time; nothing wrong is an empty list. */
export async function compareHandshake(
  implementation: HandshakeImplementation,
  fixture: HandshakeFixture,
  byteByByte = false,
): Promise<readonly string[]> {
  const bytes = requestOf(fixture);
  return judgeHandshake(implementation, fixture, byteByByte ? oneByte(bytes).chunks : [bytes]);
}

/**
 * Registers one test per fixture of family K.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function runHttp2Fixtures(
  implementation: Http2Implementation,
  test: TestFunction,
  fixtures: readonly Http2Fixture[],
  options: Http2RunOptions = {},
): void {
  checkOptions('runHttp2Fixtures', HTTP2_RUN_OPTIONS, options);
  const { anyRefusal } = options;
  registerFixtures(fixtures, implementation, test, async (fixture) => {
    const { status, headers } = await implementation.respond(fixture.settings, fixture.pseudoHeaders, fixture.headers);
    return judgeAnswer(fixture, status, headers, { opens: 200, anyRefusal });
  });
}

function requestOf(fixture: HandshakeFixture): Buffer {
  return Buffer.concat([Buffer.from(fixture.request, 'latin1'), bytesOf(fixture.after)]);
}

async function judgeHandshake(
  implementation: HandshakeImplementation,
  fixture: HandshakeFixture,
  chunks: readonly Buffer[],
  anyRefusal?: boolean,
): Promise<readonly string[]> {
  const { settings, expect, frames } = fixture;
  const server = created(await implementation.create(settings), 'push', 'written', 'frames');
  try {
    for (const chunk of chunks) await server.push(chunk);
    const written = givenBytes('what written returns', server.written());
    const head = readHead(written);
    // What is no head has no status, so it is neither a refusal nor silence: it matches nothing.
    if (head === undefined && written.length > 0) return [withoutHead(written, expect.httpStatus)];
    const status = head === undefined ? null : statusOf(head);
    const problems = judgeAnswer(fixture, status, head?.fields ?? [], { opens: 101, anyRefusal });
    const decoded = givenBytes('what frames returns', server.frames());
    // Nothing reaches the decoder behind a refusal; behind a 101 that is but an alternative the fixture does not say what.
    const isSaid = status !== 101 || expect.httpStatus === 101;
    const reaches = status === 101 ? bytesOf(frames) : Buffer.alloc(0);
    if (problems.length > 0 || !isSaid || decoded.equals(reaches)) return problems;
    return [`${decoded.length} bytes reached the frame decoder: ${decoded.toString('hex').slice(0, 40)}`];
  } finally {
    await server.dispose?.();
  }
}

function withoutHead(written: Buffer, expected: number | null): string {
  const shown = written.toString('hex').slice(0, 40);
  return `wrote ${written.length} bytes without a whole head (${shown}), expected ${expected ?? 'nothing'}`;
}
