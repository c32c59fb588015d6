/* Families A to E through the shipped Connection: messages, Pings, Pongs and Closes as an application is told of them. */
import { Connection, ConnectionError } from '@sokker/connection';
import { randomInt } from 'node:crypto';
import {
  bytesOf,
  fixtures,
  judgeFrames,
  ManualClock,
  pair,
  randomCuts,
  registerFixtures,
  whole,
  type FrameFixture,
  type FrameObservation,
  type ReceivedEvent,
} from '../src/index.js';
import { receivedLine } from '../src/received-event.js';
import { coderFor } from './adapters/deflate.js';

/** What the connection has told of when the bytes have come in these pieces, and then their end. */
async function observe(
  { role, limits, extensions }: FrameFixture,
  pieces: readonly Buffer[],
): Promise<FrameObservation> {
  const { maxMessageBytes, maxFragments } = limits;
  const [near, far] = pair();
  const coder = extensions.length > 0 ? coderFor({ role, extensions }) : undefined;
  const options = { role, maxMessageBytes, maxFragments, clock: new ManualClock() };
  const connection = new Connection(near, options, { coder });
  const events: string[] = [];
  const tell = (event: ReceivedEvent): void => void events.push(receivedLine(event));
  const errors: Error[] = [];
  connection.on('message', ({ type, data }) => tell({ type, data }));
  connection.on('ping', (data) => tell({ type: 'ping', data }));
  connection.on('pong', (data) => tell({ type: 'pong', data }));
  // The end that follows the bytes is no fault of theirs.
  connection.on('error', (error) => error instanceof ConnectionError || errors.push(error));
  far.on('error', () => undefined).resume();
  for (const piece of pieces) {
    far.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  far.end();
  const { code, reason, by } = await connection.closed;
  const [error] = errors as { closeCode?: unknown; code?: unknown }[];
  if (error === undefined && by === 'peer' && code !== 1006) tell({ type: 'close', code, reason });
  if (error === undefined) return { events, closeCode: null, code: null, failedFrom: null };
  return { events, closeCode: Number(error.closeCode), code: String(error.code), failedFrom: null };
}

const pending = ({ limits }: FrameFixture): string | undefined =>
  limits.maxFramePayloadBytes === undefined ? undefined : 'a Connection bounds messages, and their frames by that';

/** It has one limit for both, `maxMessageBytes`, and names that one. */
function asConnectionSays(fixture: FrameFixture): FrameFixture {
  const isOfFrames = fixture.sokker?.code === 'ERR_SOKKER_FRAME_TOO_BIG';
  return isOfFrames ? { ...fixture, sokker: { code: 'ERR_SOKKER_MESSAGE_TOO_BIG' } } : fixture;
}

describe.each(['header', 'closePayload', 'fragmentation', 'utf8', 'deflate'] as const)('%s', (family) => {
  registerFixtures(fixtures[family].fixtures.map(asConnectionSays), { pending }, test, async (fixture) => {
    const bytes = bytesOf(fixture.hex);
    const problems: string[] = [];
    for (const { name, chunks } of [whole(bytes), randomCuts(bytes, randomInt(2 ** 32))]) {
      const found = judgeFrames(fixture, await observe(fixture, chunks), { codes: true });
      problems.push(...found.map(({ text }) => `${name}: ${text}`));
    }
    return problems;
  });
});
