/* Family K of the fixtures: what a server attached to one of node:http2 answers. In memory, since node:http2 itself sends,
 * and lets through, none of the requests that are malformed. */
import { SokkerServer } from '@sokker/server';
import {
  fixtures,
  ManualClock,
  pair,
  runHttp2Fixtures,
  type Http2Answer,
  type Http2Implementation,
} from '@sokker/testkit';
import { createServer } from 'node:http2';
import type { Duplex } from 'node:stream';

/** A stream as node:http2 makes them for a request, as far as it is asked for. */
function streamOf(secure: boolean, onAnswer: (headers: Record<string, unknown>) => void): Duplex {
  const [near] = pair();
  const session = { destroyed: false, encrypted: secure, socket: { remoteAddress: '192.0.2.1' } };
  return Object.assign(near, { session, headersSent: false, respond: onAnswer });
}

const attached: Http2Implementation = {
  respond({ subprotocols, origin, secure }, pseudoHeaders, headers) {
    const http2 = createServer();
    const clock = new ManualClock();
    const server = new SokkerServer({ subprotocols, origin, clock });
    server.attach(http2);
    const rawHeaders = [...Object.entries(pseudoHeaders), ...headers].flat();
    return new Promise<Http2Answer>((resolve) => {
      const stream = streamOf(secure, ({ ':status': status, ...fields }) => {
        resolve({
          status: Number(status),
          headers: Object.entries(fields).map(([name, value]) => [name, String(value)]),
        });
      });
      http2.emit('stream', stream, { ...pseudoHeaders }, 0, rawHeaders);
    }).finally(async () => {
      const closed = server.close();
      clock.advance(60_000);
      await closed;
    });
  },
};

runHttp2Fixtures(attached, test, fixtures.http2.fixtures);

test.each(['a\r\nx: y', 'a\ny', 'a\0'])(
  'GHSA-x3gh-xhj4-3vq8: a header value with a line break, as %j',
  async (value) => {
    const [plain] = fixtures.http2.fixtures;
    if (plain === undefined) throw new Error('no fixture');
    const headers = [...plain.headers, ['x-other', value] as const];
    const { status } = await attached.respond(plain.settings, plain.pseudoHeaders, headers);
    expect(status).toBe(400);
  },
);
