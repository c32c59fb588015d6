/** What the types promise to those who compose: this file must compile. */
import { PassThrough, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  encodeFrame,
  FrameDecoder,
  FrameEncoder,
  Message,
  MessageAssembler,
  MessageFragmenter,
  Opcode,
  type Frame,
} from '../src/index.js';

async function* onMessages(source: AsyncIterable<Message | Frame>): AsyncGenerator<Message | Frame> {
  for await (const item of source) {
    if (item instanceof Message) yield new Message(item.type, Buffer.from(item.text().toUpperCase()));
    else if (item.opcode === Opcode.ping) yield { ...item, opcode: Opcode.pong };
  }
}

test('pipeline takes every stage, between two ends and around a function', async () => {
  const wire: Duplex = new PassThrough();
  const answers = new PassThrough();
  const encoder = new FrameEncoder({ role: 'server' });
  encoder.pipe(answers);
  const done = pipeline(
    wire,
    new FrameDecoder({ role: 'server' }),
    new MessageAssembler(),
    onMessages,
    new MessageFragmenter(),
    encoder,
  );
  const frame = { fin: true, rsv: 0 };
  wire.write(encodeFrame({ ...frame, opcode: Opcode.ping, payload: Buffer.from('p') }, { role: 'client' }));
  wire.end(encodeFrame({ ...frame, opcode: Opcode.text, payload: Buffer.from('ab') }, { role: 'client' }));
  await done;
  expect(answers.read()).toEqual(Buffer.from('8a01708102' + '4142', 'hex'));
});

test('a loop over an encoder gives Buffers by its type, and not any', async () => {
  type Piece = FrameEncoder extends AsyncIterable<infer Each> ? Each : never;
  const isBuffer: [Piece, Buffer] extends [Buffer, Piece] ? (0 extends 1 & Piece ? false : true) : false = true;
  expect(isBuffer).toBe(true);
  const encoder = new FrameEncoder({ role: 'server' });
  encoder.end({ fin: true, rsv: 0, opcode: Opcode.text, payload: Buffer.from('ab') });
  for await (const bytes of encoder) expect(bytes.toString('hex')).toBe('81026162');
});
