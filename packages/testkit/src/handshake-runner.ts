/** Runs families G and K: a server's answer to a request. */
import { judgeAnswer, readHead, statusOf, type WrittenHead } from './answer.js';
import { created, givenBytes } from './arguments.js';
import { chunkings, oneByte, type ChunkingOptions } from './chunkings.js';
import type { HandshakeFixture, Http2Fixture, ServerSettings } from './fixture.js';
import { bytesOf } from './hex.js';
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

/** Registers one test per fixture of family G; each runs in all chunkings, split at 64 offsets at most by default. */
export function runHandshakeFixtures(
  implementation: HandshakeImplementation,
  test: TestFunction,
  fixtures: readonly HandshakeFixture[],
  chunking: ChunkingOptions = {},
): void {
  registerFixtures(fixtures, implementation, test, async (fixture) => {
    const problems: string[] = [];
    for (const { name, chunks } of chunkings(requestOf(fixture), { maxSplits: 64, ...chunking })) {
      const found = await judgeHandshake(implementation, fixture, chunks);
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

/** Registers one test per fixture of family K. */
export function runHttp2Fixtures(
  implementation: Http2Implementation,
  test: TestFunction,
  fixtures: readonly Http2Fixture[],
): void {
  registerFixtures(
    fixtures,
    implementation,
    test,
    async ({ settings, pseudoHeaders, headers, expect, alternatives }) => {
      const answer = await implementation.respond(settings, pseudoHeaders, headers);
      return judgeAnswer(expect, alternatives ?? [], answer.status, answer.headers);
    },
  );
}

function requestOf(fixture: HandshakeFixture): Buffer {
  return Buffer.concat([Buffer.from(fixture.request, 'latin1'), bytesOf(fixture.after)]);
}

async function judgeHandshake(
  implementation: HandshakeImplementation,
  { settings, expect, alternatives = [], frames }: HandshakeFixture,
  chunks: readonly Buffer[],
): Promise<readonly string[]> {
  const server = created(await implementation.create(settings), 'push', 'written', 'frames');
  try {
    for (const chunk of chunks) await server.push(chunk);
    const head = readHead(givenBytes('what written returns', server.written()));
    const status = head === undefined ? null : statusOf(head);
    const problems = judgeAnswer(expect, alternatives, status, head?.fields ?? []);
    const decoded = givenBytes('what frames returns', server.frames());
    if (problems.length > 0 || status !== expect.httpStatus || decoded.equals(bytesOf(frames))) return problems;
    return [`${decoded.length} bytes reached the frame decoder: ${decoded.toString('hex').slice(0, 40)}`];
  } finally {
    await server.dispose?.();
  }
}
