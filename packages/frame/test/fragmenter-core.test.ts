import fc from 'fast-check';
import { AssemblerCore, fragments, UsageError, type Frame, type MessageType } from '../src/index.js';
import { thrown } from './wire.js';

const all = (type: MessageType, data: string, size: number): string[] =>
  Array.from(
    fragments(type, Buffer.from(data), size),
    ({ fin, rsv, opcode, payload }) => `${fin ? 'fin' : '…'} ${rsv} ${opcode} ${String(payload)}`,
  );

test.each<[string, MessageType, string, number, string[]]>([
  ['a small message is one frame', 'text', 'abc', 4, ['fin 0 1 abc']],
  ['so is one of exactly the size', 'binary', 'abcd', 4, ['fin 0 2 abcd']],
  ['a larger one is several', 'text', 'abcde', 2, ['… 0 1 ab', '… 0 0 cd', 'fin 0 0 e']],
  ['without an empty one at its end', 'binary', 'abcd', 2, ['… 0 2 ab', 'fin 0 0 cd']],
  ['nothing is one empty frame', 'text', '', 1, ['fin 0 1 ']],
  ['no limit, one frame', 'binary', 'abcde', Infinity, ['fin 0 2 abcde']],
])('%s (RFC 6455 §5.4)', (_, type, data, size, expected) => {
  expect(all(type, data, size)).toEqual(expected);
});

test('frames are made as they are asked for, views of the message', () => {
  const data = Buffer.alloc(100);
  const frames = fragments('binary', data, 10);
  const { payload } = frames.next().value as Frame;
  expect([payload.buffer, payload.length]).toEqual([data.buffer, 10]);
});

test.each<[unknown, string]>([
  [0, '0'],
  [-1, '-1'],
  [1.5, '1.5'],
  [Number.NaN, 'NaN'],
  ['5', "'5'"],
  [undefined, 'undefined'],
])('fragments of %p bytes are refused', (size, shown) => {
  const error = thrown(() => Array.from(fragments('text', Buffer.from('ab'), size as number)));
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
  expect(error?.message).toBe(`fragmentBytes must be an integer from 1, or Infinity, not ${shown}`);
});

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  ['json', "'json'"],
  [1, '1'],
])('a message of type %p is refused', (type, shown) => {
  const error = thrown(() => fragments(type as MessageType, Buffer.from('ab'), 2).next());
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({
    code: 'ERR_SOKKER_ARGUMENT',
    message: `a message's type is 'text' or 'binary', not ${shown}`,
  });
});

test('assembled again, it is the message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300, size: 'max' }), fc.integer({ min: 1, max: 310 }), (bytes, size) => {
      const core = new AssemblerCore();
      const [message] = Array.from(fragments('text', Buffer.from(bytes), size), (frame) => core.push(frame)).filter(
        Boolean,
      );
      expect([message?.type, message?.data.equals(bytes)]).toEqual(['text', true]);
      core.end();
    }),
  );
});
