import { MessageAssemblerStream } from '@sokker/frame/web';
import { Message, wholeFrame, type Frame } from '../../src/index.js';
import { thrown } from '../wire.js';
import { receive, send } from './pairs.js';

const frame = (opcode: Frame['opcode'], payload: string, fin = true): Frame => ({
  fin,
  rsv: 0,
  opcode,
  payload: Buffer.from(payload),
});

test('frames in, messages out, control frames in their place', async () => {
  const { readable, writable } = new MessageAssemblerStream();
  const ping = wholeFrame(true, 0, 9, Buffer.from('!'));
  void send(writable, [frame(1, 'a', false), ping, frame(0, 'b')]);
  expect(await receive(readable)).toEqual([ping, new Message('text', Buffer.from('ab'))]);
});

test('messages before an error are read before it', async () => {
  const { readable, writable } = new MessageAssemblerStream({ maxMessageBytes: 1 });
  void send(writable, [frame(2, 'a'), frame(2, 'ab')]);
  expect((await receive(readable)).slice(1)).toEqual(['ERR_SOKKER_MESSAGE_TOO_BIG']);
});

test('the end inside a message is an error', async () => {
  const { readable, writable } = new MessageAssemblerStream();
  void send(writable, [frame(2, 'a', false)]);
  expect(await receive(readable)).toEqual(['ERR_SOKKER_UNEXPECTED_END']);
});

test('a wrong option throws at once', () => {
  expect(thrown(() => new MessageAssemblerStream({ maxMessageBytes: 0 }))).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
});
