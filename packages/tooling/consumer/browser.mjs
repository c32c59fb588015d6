// Bundled for a browser and run where nothing of Node.js is: bytes through the Web Streams of @sokker/frame.
import { Message } from '@sokker/frame';
import { FrameDecoderStream, FrameEncoderStream, MessageAssemblerStream } from '@sokker/frame/web';

const { readable, writable } = new FrameEncoderStream({ role: 'client' });
const messages = readable
  .pipeThrough(new FrameDecoderStream({ role: 'server' }))
  .pipeThrough(new MessageAssemblerStream({ maxMessageBytes: 1024 * 1024 }));
const writer = writable.getWriter();
const payload = new TextEncoder().encode('Grüße aus dem Browser, '.repeat(100));
void writer.write({ fin: true, rsv: 0, opcode: 1, payload });
const { value } = await messages.getReader().read();
const text = value instanceof Message ? value.text() : `no message but ${value}`;
globalThis.result = text === new TextDecoder().decode(payload) ? 'every byte came through' : text;
