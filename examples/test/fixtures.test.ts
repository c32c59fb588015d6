// The byte fixtures, sent over real sockets to the two servers that echo: what a fixture says must come out of a decoder
// comes back here, from HTTP request to Close.
import { once } from 'node:events';
import { connect } from 'node:net';
import { AssemblerCore, DecoderCore, isControl, Opcode, parseClose } from '@sokker/frame';
import { createRequest, encodeRequest, ResponseHeadReader, verifyResponse } from '@sokker/handshake';
import { bytesOf, fixtures, hexOf, type FixtureEvent, type FrameFixture } from '@sokker/testkit';
import { killRemaining, startExample } from './example-process.js';

const AT_ONCE = 50;
const all = [fixtures.header, fixtures.closePayload, fixtures.fragmentation, fixtures.utf8]
  .flatMap((family) => family.fixtures)
  // Limits are the server's own here, and no extension is on.
  .filter(({ role, extensions, limits }) => role === 'server' && extensions.length === 0 && !('maxFragments' in limits))
  .filter(({ limits }) => (limits.maxMessageBytes ?? 1024 * 1024) === 1024 * 1024);

afterAll(killRemaining);

/** Everything that the server answers to a stream of frames, until it ends the connection. */
async function answersTo({ hex }: FrameFixture, port: number): Promise<string[]> {
  const request = createRequest(`ws://localhost:${port}/`);
  const socket = connect(port, 'localhost');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.end(Buffer.concat([encodeRequest(request), bytesOf(hex)]));
  await once(socket, 'close');
  const reader = new ResponseHeadReader();
  const head = reader.read(Buffer.concat(chunks));
  if (head === undefined || verifyResponse(request, head).type === 'declined') throw new Error('not opened');
  return eventsIn(reader.rest);
}

function eventsIn(bytes: Buffer): string[] {
  const decoder = new DecoderCore({ role: 'client' });
  const assembler = new AssemblerCore();
  const events: string[] = [];
  decoder.write(bytes);
  for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
    if (frame.opcode === Opcode.close) events.push(`close ${parseClose(frame.payload).code}`);
    else if (isControl(frame.opcode)) events.push(`pong ${hexOf(frame.payload)}`);
    const message = isControl(frame.opcode) ? undefined : assembler.push(frame);
    if (message !== undefined) events.push(`${message.type} ${hexOf(message.data)}`);
  }
  return events;
}

function expectedOf({ expect: { events, closeCode } }: FrameFixture): string[] {
  const failure = closeCode === null || closeCode === 1006 ? [] : [`close ${closeCode}`];
  return [...events.flatMap(answersToEvent), ...failure];
}

function answersToEvent(event: FixtureEvent): string[] {
  if (event.type === 'close') return [`close ${event.code}`];
  if (event.type === 'pong') return [];
  return [`${event.type === 'ping' ? 'pong' : event.type} ${event.hex}`];
}

test.each(['examples/echo/main.ts', 'examples/raw-pipeline/main.ts'])(
  `%s answers ${all.length} fixtures`,
  async (path) => {
    const server = await startExample(path);
    const wrong: string[] = [];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const some = all.slice(at, at + AT_ONCE).map(async (fixture) => {
        const expected = expectedOf(fixture).join('\n');
        const found = (await answersTo(fixture, server.port)).join('\n');
        if (found !== expected)
          wrong.push(`${fixture.id}: ${found.slice(0, 200)} instead of ${expected.slice(0, 200)}`);
      });
      await Promise.all(some);
    }
    expect(wrong).toEqual([]);
    await server.kill('SIGTERM');
  },
  60_000,
);
