import { AssemblerStage } from '../src/assembler-stage.js';
import { Message, wholeFrame } from '../src/index.js';

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
