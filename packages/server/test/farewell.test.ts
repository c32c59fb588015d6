import { refuse } from '@sokker/handshake';
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
