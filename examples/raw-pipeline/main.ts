// A WebSocket server from nothing but a socket, the handshake and the frame streams: it echoes what it gets.
import { createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { answer, closeFrameFor, FrameDecoder, FrameEncoder, Opcode, type Frame } from '@sokker/frame';
import { upgrade } from '@sokker/handshake';
import { fail, listen } from '../program.js';

async function serve(socket: Socket): Promise<void> {
  await upgrade(socket, { origin: 'same' }, AbortSignal.timeout(10_000));
  const frames = socket.pipe(new FrameDecoder({ role: 'server' }));
  socket.on('error', () => undefined).on('close', () => frames.destroy()); // whatever ends the socket ends the frames
  await pipeline(echo(frames), new FrameEncoder({ role: 'server' }), socket);
  socket.resume().setTimeout(1000, () => socket.destroy()); // we have ended: the peer gets a second to do so too
}

async function* echo(frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  try {
    for await (const frame of frames) {
      if (frame.opcode !== Opcode.pong) yield answer(frame) ?? frame; // a Ping gets its Pong, a Close its Close
      if (frame.opcode === Opcode.close) return;
    }
  } catch (error) {
    const farewell = closeFrameFor(error); // bytes that break a rule get a Close that says so: 1002, 1007, 1009
    if (farewell) yield farewell;
  }
}

const server = createServer({ noDelay: true }, (socket) => void serve(socket).catch(console.error));
listen(server, Number(process.env.PORT ?? 3000)).then((address) => console.log('listening on', address), fail);
