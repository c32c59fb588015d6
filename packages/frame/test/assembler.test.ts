import { MessageAssembler, Message, wholeFrame, type Frame } from '../src/index.js';
import { collect, settled } from './streams.js';
import { thrown } from './wire.js';

const frame = (opcode: Frame['opcode'], payload: string, fin = true): Frame => ({
  fin,
  rsv: 0,
  opcode,
  payload: Buffer.from(payload),
});

test('frames in, messages out, control frames in their place', async () => {
  const assembler = new MessageAssembler();
  const ping = wholeFrame(true, 0, 9, Buffer.from('!'));
  const items = collect(assembler);
  for (const each of [frame(1, 'a', false), ping, frame(0, 'b'), frame(2, 'c')]) assembler.write(each);
  assembler.end();
  const [first, second, third] = await items;
  expect(first).toBe(ping);
  expect(second).toEqual(new Message('text', Buffer.from('ab')));
  expect(third).toEqual(new Message('binary', Buffer.from('c')));
});

test('messages before an error are read before it', async () => {
  const assembler = new MessageAssembler({ maxMessageBytes: 3 });
  for (const payload of ['a', 'b', 'abcd']) assembler.write(frame(2, payload));
  await settled();
  const items = await collect(assembler);
  expect(items).toHaveLength(3);
  expect(items.at(-1)).toBe('ERR_SOKKER_MESSAGE_TOO_BIG');
});

test('the end inside a message is an error', async () => {
  const assembler = new MessageAssembler();
  assembler.end(frame(1, 'a', false));
  expect(await collect(assembler)).toEqual(['ERR_SOKKER_UNEXPECTED_END']);
});

test('what is no frame fails the stream, not the process', async () => {
  const assembler = new MessageAssembler();
  assembler.write({ fin: true, rsv: 0, opcode: 1 });
  expect((await collect(assembler)).at(-1)).toBe('ERR_SOKKER_ARGUMENT');
});

test('a wrong option throws at once', () => {
  expect(thrown(() => new MessageAssembler({ maxMessageBytes: 0 }))).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
});
