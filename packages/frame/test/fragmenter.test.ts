import { Message, MessageFragmenter, wholeFrame, type Frame, type FragmenterOptions } from '../src/index.js';
import { collect, settled } from './streams.js';
import { thrown } from './wire.js';

const text = (items: unknown[]): string[] =>
  (items as Frame[]).map(({ fin, payload }) => `${fin ? 'fin' : '…'} ${String(payload)}`);

test('messages in, frames out, frames in their place', async () => {
  const fragmenter = new MessageFragmenter({ fragmentBytes: 2 });
  const items = collect(fragmenter);
  const ping = wholeFrame(true, 0, 9, Buffer.from('ping'));
  for (const item of [new Message('text', Buffer.from('abc')), ping, { type: 'binary', data: Buffer.from('d') }])
    fragmenter.write(item);
  fragmenter.end();
  const frames = await items;
  expect(text(frames)).toEqual(['… ab', 'fin c', 'fin ping', 'fin d']);
  expect(frames[2]).toBe(ping);
});

test('fragments of 64 KiB by default', async () => {
  const fragmenter = new MessageFragmenter();
  fragmenter.end(new Message('binary', Buffer.alloc(64 * 1024 + 1)));
  expect((await collect(fragmenter)).map((frame) => (frame as Frame).payload.length)).toEqual([64 * 1024, 1]);
});

test('it stops inside a message while its reader is behind', async () => {
  const fragmenter = new MessageFragmenter({ fragmentBytes: 1 });
  fragmenter.write(new Message('binary', Buffer.alloc(1000)));
  await settled();
  expect(fragmenter.readableLength).toBe(16);
  fragmenter.end();
  expect(await collect(fragmenter)).toHaveLength(1000);
});

test.each([
  { type: 'text', data: 'abc' },
  {},
  { data: Buffer.from('abc') },
  { type: 'json', data: Buffer.from('abc') },
])('what is no message fails the stream: %j', async (item) => {
  const fragmenter = new MessageFragmenter();
  fragmenter.write(item);
  expect((await collect(fragmenter)).at(-1)).toBe('ERR_SOKKER_ARGUMENT');
});

test.each<[FragmenterOptions]>([[{ fragmentBytes: 0 }], [{ fragmentBytes: 1.5 }], [{ bytes: 1 } as FragmenterOptions]])(
  'wrong options throw at once: %j',
  (options) => {
    expect(thrown(() => new MessageFragmenter(options))).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
  },
);
