import { refuse, type RefuseOptions } from '@sokker/handshake';
import { ManualClock } from '@sokker/testkit';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { endWith } from '../src/farewell.js';
import { turnsUntil } from './rig.js';

const MIB = 1024 * 1024;

/** A stream that takes nothing to its end, and tells at each look how much of it has not left. */
function leaving(sizes: readonly number[] | undefined): Duplex {
  const duplex = new Duplex({ read() {}, write() {} });
  if (sizes === undefined) return duplex;
  const left = [...sizes];
  const handle = {
    get writeQueueSize() {
      return left.length > 1 ? left.shift() : left[0];
    },
  };
  return Object.assign(duplex, { _handle: handle });
}

test.each<[string, readonly number[] | undefined, number]>([
  ['all of it has left at once', [0], 1000],
  ['nothing more leaves', [9], 1000],
  ['more leaves once', [9, 8], 2000],
  ['the rest leaves', [9, 0], 2000],
  ['a little leaves each time', Array.from({ length: 100 }, (_, index) => 100 - index), 10_000],
  ['nobody can tell', undefined, 1000],
])('an answer of which %s', (_, sizes, endsAt) => {
  const clock = new ManualClock();
  const socket = leaving(sizes);
  endWith(socket, refuse({ body: 'no' }), clock);
  clock.advance(endsAt - 1);
  expect(socket.destroyed).toBe(false);
  clock.advance(1);
  expect([socket.destroyed, clock.pending]).toEqual([true, 0]);
});

test.each<[string, RefuseOptions, RegExp]>([
  [
    'now',
    { body: 'no' },
    /^HTTP\/1\.1 403 Forbidden\r\nDate: (\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)\r\nContent-/,
  ],
  [
    'when the application says',
    { headers: { date: 'Sun, 06 Nov 1994 08:49:37 GMT' } },
    /^(?!.*Date:).*date: ([^\r]*)/s,
  ],
])('an answer says that it was given %s (RFC 9110 §6.6.1)', (when, options, head) => {
  const socket = leaving([0]);
  const sent: Buffer[] = [];
  socket._write = (chunk: Buffer) => sent.push(chunk);
  const before = Math.floor(Date.now() / 1000) * 1000;
  endWith(socket, refuse(options), new ManualClock());
  const [, date = ''] = head.exec(Buffer.concat(sent).toString()) ?? [];
  const at = Date.parse(date);
  expect(when === 'now' ? at >= before && at <= Date.now() : at === 784_111_777_000).toBe(true);
  socket.destroy();
});

test('a large answer is read to its end over a slow link', async () => {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const far = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [near] = (await once(listener, 'connection')) as [Socket];
  const clock = new ManualClock();
  const body = Buffer.alloc(32 * MIB);
  let read = 0;
  let hasEnded = false;
  far.on('data', (chunk) => (read += chunk.length)).on('error', () => undefined);
  far.on('close', () => (hasEnded = true));
  endWith(near, refuse({ body }), clock);
  while (!hasEnded) {
    const before = read;
    far.resume();
    await turnsUntil(() => hasEnded || read - before > body.length / 6);
    far.pause();
    clock.advance(1000);
  }
  expect(read).toBeGreaterThan(body.length);
  await turnsUntil(() => near.destroyed && clock.pending === 0);
  listener.close();
});
