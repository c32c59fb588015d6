/** A server that echoes, made to be wrong in one way. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { acceptFor } from '../../src/wire/key.js';
import { Frames, type Faults } from './faulty.js';

export interface ServerFaults extends Faults {
  /** Answers the request; default: opens. */
  readonly head?: (socket: Socket, accept: string, connection: number, request: string) => void;
}

/** Listens until the test is over. @returns its URL */
export async function faultyServer(faults: ServerFaults): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('end', () => socket.end());
    serve(socket, faults, ++connections);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(socket: Socket, faults: ServerFaults, connection: number): void {
  let request = '';
  let frames: Frames | undefined;
  socket.on('data', (chunk) => {
    if (frames !== undefined) return frames.push(chunk);
    request += chunk.toString('latin1');
    const end = request.indexOf('\r\n\r\n');
    if (end < 0) return;
    const key = /^sec-websocket-key: (.*)$/im.exec(request)?.[1]?.trim() ?? '';
    const accept = acceptFor(key);
    (faults.head ?? ((at) => opens(at, accept)))(socket, accept, connection, request);
    frames = new Frames(socket, faults, 'server');
    frames.push(Buffer.from(request.slice(end + 4), 'latin1'));
  });
}

export function opens(socket: Socket, accept: string, more: readonly string[] = []): void {
  const fields = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`, ...more];
  socket.write(['HTTP/1.1 101 Switching Protocols', ...fields, '\r\n'].join('\r\n'));
}
