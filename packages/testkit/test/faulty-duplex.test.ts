import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { FaultyDuplex, pair, type FaultyDuplexOptions } from '../src/index.js';

function faulty(faults: FaultyDuplexOptions): [FaultyDuplex, ReturnType<typeof pair>[1]] {
  const [near, far] = pair();
  return [new FaultyDuplex(near, faults), far];
}

test('without faults it passes everything on, both ways', async () => {
  const [subject, far] = faulty({});
  subject.end('out');
  far.end('in');
  expect(await Promise.all([text(subject), text(far)])).toEqual(['in', 'out']);
});

test.each([1, 2, 3])('short pieces are the same bytes, seed %i', async (seed) => {
  const [subject, far] = faulty({ maxPieceBytes: 3, seed });
  const pieces: number[] = [];
  far.on('data', (chunk: Buffer) => pieces.push(chunk.length));
  subject.end('a message of some length');
  far.end('another message of some length');
  expect(await text(subject)).toBe('another message of some length');
  if (!far.readableEnded) await once(far, 'end');
  expect(Math.max(...pieces)).toBeLessThanOrEqual(3);
  expect(pieces.reduce((sum, size) => sum + size)).toBe(24);
});

test('delays are the caller’s', async () => {
  const waiting: (() => void)[] = [];
  const [subject, far] = faulty({ delay: (step) => waiting.push(step) });
  subject.write('late');
  far.resume();
  await new Promise(setImmediate);
  expect(waiting).toHaveLength(1);
  waiting.shift()?.();
  const [chunk] = (await once(far, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('late');
});

test('what takes longer is not overtaken by what comes behind it', async () => {
  const waiting: (() => void)[] = [];
  const [subject, far] = faulty({ delay: (step) => waiting.push(step), maxPieceBytes: 2 });
  const all = text(subject);
  far.end('a message of some length');
  await new Promise(setImmediate);
  for (const step of waiting.reverse()) step();
  expect(await all).toBe('a message of some length');
});

test.each(['write', 'read', 'end'] as const)('the chosen %s fails', async (on) => {
  const [subject, far] = faulty({ fail: { on, call: on === 'end' ? 1 : 2 } });
  subject.resume();
  far.resume();
  subject.write('one');
  far.write('one');
  await new Promise(setImmediate);
  expect(subject.destroyed).toBe(false);
  if (on === 'write') subject.write('two');
  if (on === 'read') far.write('two');
  if (on === 'end') subject.end();
  const [error] = (await once(subject, 'error')) as [Error];
  expect(error.message).toBe(`${on} failed at call ${on === 'end' ? 1 : 2}`);
});

test.each(['write', 'read', 'end'] as const)('the %s that fails destroys both streams with its error', async (on) => {
  const [near, far] = pair();
  const error = new Error('broken');
  const subject = new FaultyDuplex(near, { fail: { on, call: 1, error } });
  const errors: unknown[] = [];
  for (const stream of [subject, near]) stream.on('error', (each) => errors.push(each));
  subject.resume();
  far.resume();
  if (on === 'write') subject.write('one');
  if (on === 'read') far.write('one');
  if (on === 'end') subject.end();
  await once(far, 'end');
  expect(errors).toEqual([error, error]);
  expect([near.errored, subject.errored]).toEqual([error, error]);
});

test('without an error, both are destroyed without one', async () => {
  const [near] = pair();
  const subject = new FaultyDuplex(near);
  subject.destroy();
  await once(near, 'close');
  expect([near.errored, subject.errored]).toEqual([null, null]);
});

test('a stream that breaks underneath breaks it', async () => {
  const [subject, far] = faulty({});
  subject.resume();
  far.resetAndDestroy();
  const [error] = (await once(subject, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
});

test('a slow reader holds the other end back', async () => {
  const [subject, far] = faulty({});
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  for (let turn = 0; turn < 100; turn++) {
    if (!far.writableNeedDrain) {
      far.write(chunk);
      written += chunk.length;
    }
    await new Promise(setImmediate);
  }
  expect(written).toBeLessThan(10 * chunk.length);
  subject.destroy();
});
