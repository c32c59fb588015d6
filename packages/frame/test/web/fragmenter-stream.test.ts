import {
  FrameDecoderStream,
  FrameEncoderStream,
  MessageAssemblerStream,
  MessageFragmenterStream,
} from '@sokker/frame/web';
import { Message, wholeFrame, type Frame } from '../../src/index.js';
import { thrown } from '../wire.js';
import { isSettled, receive, send } from './pairs.js';

test('messages in, frames out, frames in their place', async () => {
  const { readable, writable } = new MessageFragmenterStream({ fragmentBytes: 2 });
  const ping = wholeFrame(true, 0, 9, Buffer.from('ping'));
  void send(writable, [new Message('text', Buffer.from('abc')), ping]);
  const frames = (await receive(readable)) as Frame[];
  expect(frames.map(({ fin, payload }) => [fin, String(payload)])).toEqual([
    [false, 'ab'],
    [true, 'c'],
    [true, 'ping'],
  ]);
});

test('it stops inside a message while nobody reads', async () => {
  const { readable, writable } = new MessageFragmenterStream({ fragmentBytes: 1 });
  const written = writable.getWriter().write({ type: 'binary', data: Buffer.alloc(10) });
  await readable.getReader().read();
  expect(await isSettled(written)).toBe(false);
});

test('all four, piped: messages come out as they went in', async () => {
  const messages = [new Message('text', Buffer.from('é'.repeat(100))), new Message('binary', Buffer.alloc(70_000, 1))];
  const source = new ReadableStream<Message>({
    start(controller) {
      for (const message of messages) controller.enqueue(message);
      controller.close();
    },
  });
  const out = source
    .pipeThrough(new MessageFragmenterStream({ fragmentBytes: 33 }))
    .pipeThrough(new FrameEncoderStream({ role: 'client' }))
    .pipeThrough(new FrameDecoderStream({ role: 'server' }))
    .pipeThrough(new MessageAssemblerStream());
  expect(await receive(out)).toEqual(messages);
});

test('a wrong option throws at once', () => {
  expect(thrown(() => new MessageFragmenterStream({ fragmentBytes: 0 }))).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
});
