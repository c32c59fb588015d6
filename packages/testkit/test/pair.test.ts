import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { pair } from '../src/index.js';

test('what is written to one end is read from the other', async () => {
  const [left, right] = pair();
  left.end('to the right');
  right.end('to the left');
  expect(await Promise.all([text(left), text(right)])).toEqual(['to the left', 'to the right']);
});

test('a chunk is copied, and never read in the call that writes it', async () => {
  const [left, right] = pair();
  const chunk = Buffer.from('before');
  let read: Buffer | undefined;
  right.on('data', (data: Buffer) => (read = data));
  left.write(chunk);
  expect(read).toBeUndefined();
  await once(right, 'data');
  chunk.fill('x');
  expect(read?.toString()).toBe('before');
});

test('a reader that stops holds the writer back', async () => {
  const [left, right] = pair({ highWaterMarkBytes: 10 });
  expect(left.write(Buffer.alloc(5))).toBe(true);
  expect(left.write(Buffer.alloc(5))).toBe(false);
  left.write(Buffer.alloc(10));
  await new Promise(setImmediate);
  expect(right.readableLength).toBe(10);
  expect(left.writableNeedDrain).toBe(true);
  right.resume();
  await once(left, 'drain');
  expect(left.writableLength).toBe(0);
});

test('one side may end while the other goes on', async () => {
  const [left, right] = pair();
  left.end();
  right.resume();
  await once(right, 'end');
  right.end('still here');
  expect(await text(left)).toBe('still here');
});

test('without half-open ends, an end is answered with an end', async () => {
  const [left, right] = pair({ allowHalfOpen: false });
  left.end();
  left.resume();
  right.resume();
  await Promise.all([finished(left), finished(right)]);
  expect(right.writableEnded).toBe(true);
});

test('an end that is destroyed is an end to the other, which cannot write any more', async () => {
  const [left, right] = pair();
  right.resume();
  left.destroy();
  await once(right, 'end');
  right.write('anyone?');
  const [error] = (await once(right, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('EPIPE');
});

test('destroying releases a writer that waits', async () => {
  const [left, right] = pair({ highWaterMarkBytes: 1 });
  left.write('ab');
  await new Promise(setImmediate);
  right.destroy();
  left.write('c');
  const [error] = (await once(left, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('EPIPE');
});

test('a reset is an error to the other', async () => {
  const [left, right] = pair();
  left.resetAndDestroy();
  const [error] = (await once(right, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
  expect(left.destroyed && right.destroyed).toBe(true);
});
