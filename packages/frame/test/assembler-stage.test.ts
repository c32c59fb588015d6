import { AssemblerStage } from '../src/assembler-stage.js';
import { Message, Slice, wholeFrame, type Frame } from '../src/index.js';
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

describe('payloads that are plain Uint8Arrays', () => {
  const bytes = (text: string): Buffer => new Uint8Array(Buffer.from(text)) as Buffer;
  const out = (...frames: Frame[]): unknown => {
    const stage = new AssemblerStage();
    for (const frame of frames) stage.write(frame);
    return stage.next();
  };

  test('a whole frame is a message whose data is a Buffer', () => {
    const message = out({ fin: true, rsv: 0, opcode: 1, payload: bytes('hi') }) as Message;
    expect([message.text(), Buffer.isBuffer(message.data)]).toEqual(['hi', true]);
  });

  test('fragments and slices are put together', () => {
    const message = out(
      { fin: false, rsv: 0, opcode: 1, payload: bytes('a') },
      new Slice(true, 0, 0, bytes('bc'), 3, true, false),
      new Slice(true, 0, 0, bytes('d'), 3, false, true),
    );
    expect(message).toEqual(new Message('text', Buffer.from('abcd')));
  });

  test('what slices declare is kept: it is bounded at the first', () => {
    const stage = new AssemblerStage({ maxMessageBytes: 2 });
    const write = (): void => stage.write(new Slice(true, 0, 1, bytes('a'), 3, true, false));
    expect(thrown(write)).toMatchObject({ code: 'ERR_SOKKER_MESSAGE_TOO_BIG', actual: 3 });
  });

  test('a control frame has a Buffer too, of the same memory', () => {
    const payload = bytes('ping');
    const ping = out({ fin: true, rsv: 0, opcode: 9, payload }) as Frame;
    expect(ping).toMatchObject({ fin: true, rsv: 0, opcode: 9, payload: Buffer.from('ping') });
    expect(ping.payload.buffer).toBe(payload.buffer);
  });
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
