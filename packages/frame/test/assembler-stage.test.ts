import { AssemblerStage } from '../src/assembler-stage.js';
import { Message, wholeFrame, type Frame } from '../src/index.js';
import { thrown } from './wire.js';

test('what is pushed is asked for once', () => {
  const stage = new AssemblerStage();
  const ping = wholeFrame(true, 0, 9, Buffer.alloc(0));
  expect(stage.next()).toBeUndefined();
  stage.write(wholeFrame(false, 0, 1, Buffer.from('a')));
  expect(stage.next()).toBeUndefined();
  stage.write(ping);
  expect([stage.next(), stage.next()]).toEqual([ping, undefined]);
  expect(() => stage.end()).toThrow('the stream ended inside a frame or a message');
  stage.write(wholeFrame(true, 0, 0, Buffer.from('b')));
  expect([stage.next(), stage.next()]).toEqual([new Message('text', Buffer.from('ab')), undefined]);
  stage.end();
});

test.each<[unknown, string]>([
  ['ab', "a frame is an object: { fin, rsv, opcode, payload }, not 'ab'"],
  [undefined, 'a frame is an object: { fin, rsv, opcode, payload }, not undefined'],
  [null, 'a frame is an object: { fin, rsv, opcode, payload }, not null'],
  [new Message('text', Buffer.from('ab')), 'the payload of a frame must be a Buffer or Uint8Array'],
  [{ fin: true, rsv: 0, opcode: 1, payload: 'ab' }, 'the payload of a frame must be a Buffer or Uint8Array'],
])('%p is refused', (item, message) => {
  const write = (): void => new AssemblerStage().write(item as Frame);
  expect(thrown(write)).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT', message });
});
