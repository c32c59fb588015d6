// No server and no connection: the handshake and the frame stages, piped together by hand, as a composer does it.
import { createServer } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { answer, FrameDecoder, FrameEncoder, isControl } from '@sokker/frame';
import { upgrade } from '@sokker/handshake';
import { host, port, serve, v8Collector } from './contract.mjs';

/** Data frames go back as they came; a Ping gets its Pong and a Close its Close. */
function echo() {
  return new Transform({
    objectMode: true,
    transform(frame, _encoding, callback) {
      callback(null, isControl(frame.opcode) ? answer(frame) : frame);
    },
  });
}

const server = createServer({ noDelay: true }, async (socket) => {
  try {
    await upgrade(socket, { origin: 'any' });
    await pipeline(socket, new FrameDecoder({ role: 'server' }), echo(), new FrameEncoder({ role: 'server' }), socket);
  } catch {
    socket.destroy();
  }
});
server.listen({ port, host, backlog: 4096 }, () => serve(server.address().port, v8Collector()));
