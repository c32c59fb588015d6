/** The byte fixtures of family H through `connect` itself, over a stream in memory, in several chunkings. */
import { connect } from '@sokker/client';
import { acceptKey, readRequestHead, HeaderFields } from '@sokker/handshake';
import { chunkings, fixtures, pair, type ClientFixture } from '@sokker/testkit';
import type { ClientRequestFixture, ClientResponseFixture } from '@sokker/testkit';
import { TestClock } from './clock.js';
import { nextMessage } from './server.js';

const all: readonly ClientFixture[] = fixtures.client.fixtures;
const requests = all.filter((fixture): fixture is ClientRequestFixture => fixture.act === 'request');
const responses = all.filter((fixture): fixture is ClientResponseFixture => fixture.act === 'response');
/** What comes out at the far end after the request: nothing, or the frames of a connection. */
const collect = (stream: NodeJS.ReadableStream): Promise<Buffer> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('close', () => resolve(Buffer.concat(chunks)));
  });

test.each(requests.map((fixture) => [fixture.id, fixture] as const))('%s', async (_id, fixture) => {
  const [ours, theirs] = pair();
  // TLS would hide the request.
  const url = fixture.expect === null ? fixture.url : fixture.url.replace(/^wss:|^https:/, 'ws:');
  const dialled = jest.fn(() => ours);
  const { subprotocols, headers } = fixture;
  const attempt = connect(url, { subprotocols, headers, dial: dialled }).catch((error: unknown) => error);
  if (fixture.expect === null) {
    expect(await attempt).toMatchObject({ name: 'UsageError' });
    expect(dialled).not.toHaveBeenCalled();
    return;
  }
  const head = await readRequestHead(theirs);
  const fields = new HeaderFields(head.rawHeaders);
  expect(head).toMatchObject({ method: 'GET', target: fixture.expect.target, httpVersion: '1.1' });
  // The port that another scheme leaves out is the handshake room's to test.
  const expected = Object.entries(fixture.expect.headers).filter(([name]) => name !== 'host' || url === fixture.url);
  for (const [name, value] of expected) expect(fields.get(name) ?? null).toBe(value);
  theirs.resetAndDestroy();
  await attempt;
});

test.each(responses.map((fixture) => [fixture.id, fixture] as const))('%s', async (_id, fixture) => {
  const { expect: expected, key, response, after, subprotocols } = fixture;
  const template = Buffer.concat([Buffer.from(response, 'latin1'), Buffer.from(after, 'hex')]);
  // Of a long head, byte by byte is for the handshake room.
  const ways = [...chunkings(template, { maxSplits: 4, randomCuts: 1 })].filter(({ chunks }) => chunks.length < 4096);
  for (const { chunks } of ways) {
    const clock = new TestClock();
    const [ours, theirs] = pair();
    // Who is hung up on in the middle of a word hears of it.
    theirs.on('error', () => undefined);
    const attempt = connect('ws://example.com/chat', {
      dial: () => ours,
      clock,
      subprotocols,
      pingIntervalMs: Infinity,
    });
    const outcome = attempt.then(
      (connection) => ({ connection }),
      (error: unknown) => ({ error }),
    );
    const request = new HeaderFields((await readRequestHead(theirs)).rawHeaders);
    const sentLater = collect(theirs);
    const accept = acceptKey(request.only('sec-websocket-key') ?? '');
    // The key is our own, so what answers the fixture's is put in its place; sizes stay, and so do the cuts.
    const bytes = Buffer.from(template.toString('latin1').replaceAll(acceptKey(key), accept), 'latin1');
    let at = 0;
    for (const chunk of chunks) theirs.write(bytes.subarray(at, (at += chunk.length)));
    if (!expected.opens) theirs.end();
    const result = await outcome;
    if ('error' in result) {
      expect(expected.opens).toBe(false);
      expect(result.error).toMatchObject({ code: expect.stringMatching(/^ERR_SOKKER_/) });
      if (expected.httpStatus !== null) expect(result.error).toMatchObject({ status: expected.httpStatus });
      expect((await sentLater).length).toBe(0);
      expect(ours.destroyed).toBe(true);
    } else {
      expect(expected.opens).toBe(true);
      expect(result.connection.protocol).toBe(expected.subprotocol ?? '');
      if (after !== '') expect((await nextMessage(result.connection)).text()).toBe('Hello');
      result.connection.terminate();
      await result.connection.closed;
    }
    expect(clock.pending).toBe(0);
  }
});
