import fc from 'fast-check';
import {
  AssemblerCore,
  DecoderCore,
  Message,
  Slice,
  wholeFrame,
  type AssemblerOptions,
  type Frame,
} from '../src/index.js';
import { cut, cuts, legalFrames } from './arbitraries.js';
import { bufferBytes } from './memory.js';
import { stream, thrown } from './wire.js';

const frame = (fin: boolean, opcode: 0 | 1 | 2, payload: string): Frame => ({
  fin,
  rsv: 0,
  opcode,
  payload: Buffer.from(payload),
});

function assemble(frames: readonly Frame[], options?: AssemblerOptions): Message[] {
  const core = new AssemblerCore(options);
  const messages = frames.map((each) => core.push(each)).filter((message) => message !== undefined);
  core.end();
  return messages;
}

test.each<[string, Frame[], string[]]>([
  ['one frame', [frame(true, 1, 'a')], ['text a']],
  ['fragments', [frame(false, 2, 'a'), frame(false, 0, 'b'), frame(true, 0, 'c')], ['binary abc']],
  ['empty fragments', [frame(false, 1, ''), frame(false, 0, ''), frame(true, 0, '')], ['text ']],
  ['empty fragments before the only one', [frame(false, 1, ''), frame(true, 0, 'a')], ['text a']],
  [
    'messages in a row',
    [frame(true, 2, 'a'), frame(false, 1, 'b'), frame(true, 0, ''), frame(true, 2, '')],
    ['binary a', 'text b', 'binary '],
  ],
  [
    'slices',
    [
      new Slice(false, 0, 1, Buffer.from(''), 2, true, false),
      new Slice(false, 0, 1, Buffer.from('ab'), 2, false, true),
      new Slice(true, 0, 0, Buffer.from('c'), 2, true, false),
      new Slice(true, 0, 0, Buffer.from('d'), 2, false, true),
    ],
    ['text abcd'],
  ],
])('%s (RFC 6455 §5.4, §5.6)', (_, frames, expected) => {
  expect(assemble(frames).map(({ type, data }) => `${type} ${String(data)}`)).toEqual(expected);
});

describe('maxMessageBytes', () => {
  test.each<[string, Frame[], number]>([
    ['in one frame', [frame(true, 2, 'abcd')], 4],
    ['in the sum of fragments', [frame(false, 2, 'ab'), frame(true, 0, 'cd')], 4],
    ['as a slice declares it', [new Slice(true, 0, 2, Buffer.from(''), 4, true, false)], 4],
    [
      'as a second slice declares it',
      [frame(false, 2, 'ab'), new Slice(true, 0, 0, Buffer.from(''), 9, true, false)],
      11,
    ],
  ])('%s', (_, frames, actual) => {
    const error = thrown(() => assemble(frames, { maxMessageBytes: 3 }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_MESSAGE_TOO_BIG', closeCode: 1009, limit: 3, actual });
  });

  test('a message of exactly that passes, and so does the next', () => {
    const twice = [frame(false, 2, 'ab'), frame(true, 0, 'c'), frame(true, 2, 'abc')];
    expect(assemble(twice, { maxMessageBytes: 3 })).toHaveLength(2);
  });

  test('1 MiB by default, Infinity for none', () => {
    const large = wholeFrame(true, 0, 2, Buffer.alloc(1024 * 1024 + 1));
    expect(thrown(() => assemble([large]))).toMatchObject({ limit: 1024 * 1024 });
    expect(assemble([large], { maxMessageBytes: Infinity })).toHaveLength(1);
  });
});

test.each<[string, Frame[], string]>([
  ['a continuation first', [frame(true, 0, '')], 'CONTINUATION_UNEXPECTED'],
  ['a message inside a message', [frame(false, 1, ''), frame(true, 2, '')], 'CONTINUATION_EXPECTED'],
  ['the end inside a message', [frame(false, 1, '')], 'UNEXPECTED_END'],
])('%s (RFC 6455 §5.4)', (_, frames, code) => {
  expect(thrown(() => assemble(frames))).toMatchObject({ code: `ERR_SOKKER_${code}`, name: 'ProtocolError' });
});

test('the payload of a message in one frame is not copied', () => {
  const payload = Buffer.from('abc');
  expect(new AssemblerCore().push(wholeFrame(true, 0, 2, payload))?.data).toBe(payload);
});

test('bytes gathered of the message in progress', () => {
  const core = new AssemblerCore();
  const told = [frame(true, 1, 'a'), frame(false, 1, 'ab'), frame(false, 0, 'c'), frame(true, 0, 'd')].map((each) => {
    core.push(each);
    return core.bytes;
  });
  expect([new AssemblerCore().bytes, ...told]).toEqual([0, 0, 2, 3, 0]);
});

test('an unknown option throws', () => {
  expect(thrown(() => new AssemblerCore({ maxBytes: 1 } as AssemblerOptions))).toMatchObject({
    code: 'ERR_SOKKER_OPTION',
    message: "MessageAssembler has no option 'maxBytes'",
  });
});

test('256 KiB in fragments of one byte, each in a read of its own: 2.1 times that is retained', () => {
  const decoder = new DecoderCore({ role: 'client' });
  const core = new AssemblerCore();
  const before = bufferBytes();
  const [first, next] = [2, 0].map((opcode) => stream('client', { fin: false, opcode, payload: 'a' }));
  for (let i = 0; i < 256 * 1024; i++) {
    decoder.write(Buffer.from(i === 0 ? first! : next!));
    core.push(decoder.next()!);
  }
  expect(bufferBytes() - before).toBeLessThan(2.1 * 256 * 1024);
  expect(core.push(frame(true, 0, ''))?.data).toHaveLength(256 * 1024);
});

test('whatever the chunks, a message is what was sent', () => {
  fc.assert(
    fc.property(legalFrames, cuts, fc.constantFrom('frames', 'slices'), (frames, points, emit) => {
      const decoder = new DecoderCore({ role: 'server', emit });
      const core = new AssemblerCore();
      const messages: string[] = [];
      for (const chunk of cut(stream('server', ...frames), points)) {
        decoder.write(chunk);
        for (let slice = decoder.next(); slice !== undefined; slice = decoder.next()) {
          const message = slice.opcode < 8 ? core.push(slice) : undefined;
          if (message !== undefined) messages.push(`${message.type} ${message.data.toString('hex')}`);
        }
      }
      const data = frames.filter(({ opcode }) => opcode < 8);
      const expected = data.reduce<string[]>((all, { opcode, payload = '' }) => {
        const bytes = Buffer.from(payload).toString('hex');
        if (opcode === 0) return [...all.slice(0, -1), `${all.at(-1)}${bytes}`];
        return [...all, `${opcode === 1 ? 'text' : 'binary'} ${bytes}`];
      }, []);
      expect(messages).toEqual(expected);
    }),
  );
});

test('idle only between messages, and never after one was refused', () => {
  const core = new AssemblerCore({ maxMessageBytes: 2 });
  const idle = [core.idle];
  core.push(frame(false, 1, ''));
  idle.push(core.idle);
  core.push(frame(true, 0, 'a'));
  idle.push(core.idle);
  thrown(() => core.push(frame(true, 1, 'abc')));
  idle.push(core.idle);
  expect(idle).toEqual([true, false, true, false]);
});
