/** The vectors of the Go server that Sokker descends from, and each thing about frames that it got wrong. */
import { AssemblerCore, DecoderCore, answer, encodeFrame, Opcode, wholeFrame, type Message } from '../src/index.js';
import { bufferBytes } from './memory.js';
import { frameOf, hex } from './wire.js';

function receive(...reads: Buffer[]): Message[] {
  const decoder = new DecoderCore({ role: 'server' });
  const assembler = new AssemblerCore();
  const messages: Message[] = [];
  for (const read of reads) {
    decoder.write(Buffer.from(read));
    for (let slice = decoder.next(); slice !== undefined; slice = decoder.next()) {
      const message = assembler.push(slice);
      if (message !== undefined) messages.push(message);
    }
  }
  return messages;
}

/** Reads of 512 bytes, as the original had. */
function reads(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / 512) }, (_, i) => bytes.subarray(i * 512, (i + 1) * 512));
}

describe('its vectors', () => {
  test.each([
    ['asd', '81 83 35dad4f4 54a9b0'],
    ['hehehihihoho', '81 8c 47f765f6 2f920d932f9e0d9f2f980d99'],
  ])('%s', (text, picture) => {
    const [message] = receive(hex(picture));
    expect([message?.type, message?.text()]).toEqual(['text', text]);
    const key = hex(picture).readUInt32BE(2);
    const frame = wholeFrame(true, 0, Opcode.text, Buffer.from(text));
    expect(encodeFrame(frame, { role: 'client', maskingKey: key })).toEqual(hex(picture));
  });
});

describe('what it got wrong', () => {
  test('a frame larger than one 512-byte read', () => {
    const payload = Buffer.from(Array.from({ length: 5000 }, (_, i) => i & 0xff));
    expect(receive(...reads(frameOf('client', { opcode: 2, payload })))[0]?.data).toEqual(payload);
  });

  test('two frames in one read', () => {
    const both = Buffer.concat(['one', 'two'].map((payload) => frameOf('client', { opcode: 1, payload })));
    expect(receive(both).map((message) => message.text())).toEqual(['one', 'two']);
  });

  test.each([
    ['16-bit', 0x0102, '82 fe 0102'],
    ['64-bit', 0x010203, '82 ff 0000000000010203'],
  ])('%s lengths are in network byte order (RFC 6455 §5.2)', (_, length, head) => {
    const payload = Buffer.alloc(length, 0x69);
    const wire = frameOf('client', { opcode: 2, payload });
    expect(wire.subarray(0, hex(head).length)).toEqual(hex(head));
    expect(receive(wire)[0]?.data.equals(payload)).toBe(true);
    expect(encodeFrame(wholeFrame(true, 0, 2, payload), { role: 'server' }).readUInt8(1)).toBe(
      length < 65536 ? 126 : 127,
    );
  });

  test('the opcode is the low four bits, RSV bits are their own (RFC 6455 §5.2)', () => {
    const decoder = new DecoderCore({ role: 'client', rsv: 4 });
    decoder.write(hex('c1 01 61'));
    expect(decoder.next()).toMatchObject({ rsv: 4, opcode: Opcode.text });
    expect(() => receive(hex('c1 81 00000000 61'))).toThrow('a reserved bit is set');
  });

  test('binary is sent as binary, text as text (RFC 6455 §5.6)', () => {
    for (const opcode of [Opcode.text, Opcode.binary]) {
      const sent = encodeFrame(wholeFrame(true, 0, opcode, Buffer.from('a')), { role: 'client' });
      expect(receive(sent)[0]?.type).toBe(opcode === Opcode.text ? 'text' : 'binary');
    }
  });

  test("a pong carries the ping's payload (RFC 6455 §5.5.3)", () => {
    const decoder = new DecoderCore({ role: 'server' });
    decoder.write(frameOf('client', { opcode: 9, payload: 'are you there' }));
    const pong = answer(decoder.next()!);
    expect([pong?.opcode, String(pong?.payload)]).toEqual([Opcode.pong, 'are you there']);
  });

  test('a length is not trusted before its bytes arrive', () => {
    const before = bufferBytes();
    expect(receive(hex('82 ff 0000000000100000 00000000'), Buffer.alloc(100))).toEqual([]);
    expect(bufferBytes() - before).toBeLessThan(32 * 1024);
    expect(() => receive(hex('82 ff 0000000000100001'))).toThrow(
      'a frame is larger than maxFramePayloadBytes: 1048577 > 1048576',
    );
  });
});
