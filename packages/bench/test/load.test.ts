import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DecoderCore, encodeFrame, Opcode } from '@sokker/frame';
import { deflateMessage, encodeClientFrame } from '../src/load/frames.js';
import { makePayload } from '../src/load/payloads.js';
import { ReplyReader, type FirstMessage } from '../src/load/reply-reader.js';

const LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536];

function serverFrame(opcode: Opcode, payload: Buffer, { fin = true, rsv = 0 } = {}): Buffer {
  return encodeFrame({ fin, rsv, opcode, payload }, { role: 'server' });
}

describe('payloads', () => {
  test.each(['ascii', 'binary', 'utf8', 'json'] as const)('%s has the size asked for and never changes', (kind) => {
    for (const bytes of [125, 1024, 16_384]) {
      expect(makePayload(kind, bytes)).toHaveLength(bytes);
      expect(makePayload(kind, bytes)).toEqual(makePayload(kind, bytes));
    }
  });

  test.each([16, 125, 1024, 1025])('non-ASCII text of %i bytes is whole characters', (bytes) => {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(makePayload('utf8', bytes));
    expect(Buffer.from(text)).toHaveLength(bytes);
  });

  test('JSON parses, and compresses as JSON does', () => {
    const payload = makePayload('json', 1024);
    expect(JSON.parse(payload.toString())).toMatchObject({ type: 'update' });
    expect(deflateRawSync(payload).length).toBeGreaterThan(200);
  });
});

describe('client frames', () => {
  test.each(LENGTHS)('a decoder reads %i bytes back', (bytes) => {
    const payload = makePayload('binary', bytes);
    const decoder = new DecoderCore({ role: 'server' });
    decoder.write(encodeClientFrame(payload, { text: false }));
    expect(decoder.next()).toMatchObject({ fin: true, rsv: 0, opcode: Opcode.binary, payload });
  });

  test('a deflated message refers to no earlier one and lacks its tail (RFC 7692 §7.2.1)', () => {
    const payload = makePayload('json', 1024);
    const whole = Buffer.concat([deflateMessage(payload), Buffer.from([0, 0, 0xff, 0xff])]);
    expect(inflateRawSync(whole, { finishFlush: 2 })).toEqual(payload);
  });
});

describe('the reader of replies', () => {
  const wire = Buffer.concat([
    serverFrame(Opcode.text, Buffer.from('first'), { fin: false, rsv: 4 }),
    serverFrame(Opcode.ping, Buffer.from('between')),
    serverFrame(Opcode.continuation, Buffer.from(' message')),
    ...LENGTHS.slice(1).map((bytes) => serverFrame(Opcode.text, Buffer.alloc(bytes), { rsv: 4 })),
  ]);

  test.each([1, 2, 7, 4096, wire.length])('counts whole messages in reads of %i bytes', (chunkBytes) => {
    const firsts: FirstMessage[] = [];
    const reader = new ReplyReader((message) => firsts.push(message));
    let messages = 0;
    for (let at = 0; at < wire.length; at += chunkBytes) {
      const chunk = wire.subarray(at, at + chunkBytes);
      messages += reader.read(chunk, chunk.length);
    }
    expect(messages).toBe(LENGTHS.length);
    expect(firsts).toEqual([{ payload: Buffer.from('first message'), text: true, deflated: true }]);
  });

  test('reads no further than it is told', () => {
    const reader = new ReplyReader(() => {});
    const frame = serverFrame(Opcode.binary, Buffer.alloc(3));
    expect(reader.read(Buffer.concat([frame, frame]), frame.length)).toBe(1);
  });

  test.each([
    ['a close frame', serverFrame(Opcode.close, Buffer.alloc(0)), /close frame/],
    ['a masked frame', encodeClientFrame(Buffer.from('x'), { text: true }), /masked/],
  ])('fails on %s', (_, bytes, message) => {
    const reader = new ReplyReader(() => {});
    expect(() => reader.read(bytes, bytes.length)).toThrow(message);
  });
});
