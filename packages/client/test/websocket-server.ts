import { Connection } from '@sokker/connection';
import { encodeResponse, readRequestHead, respond } from '@sokker/handshake';
import type { Socket } from 'node:net';
import { listen, type TestServer } from './server.js';

/** The server that the behaviours of websocket-behaviours.ts are judged against. */
export function behaviourServer(): Promise<TestServer> {
  return listen(async (socket) => {
    const request = await readRequestHead(socket);
    const { pathname, searchParams } = new URL(request.target, 'ws://here');
    if (pathname === '/refuse') return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    if (pathname === '/silent') return socket.resume();
    const answer = respond(request, { origin: 'any', subprotocols: ['echo', 'chat'] });
    socket.write(encodeResponse(answer));
    if (answer.type === 'refusal') return socket.end();
    const options = { role: 'server', maxMessageBytes: Infinity } as const;
    const connection = new Connection(socket, options, { protocol: answer.subprotocol });
    connection.on('message', (message) => {
      if (message.type === 'text' && message.text() === 'Goodbye') void connection.close(1000);
      else connection.send(message.data, { type: message.type });
    });
    return act(connection, socket, pathname, searchParams);
  });
}

function act(connection: Connection, socket: Socket, pathname: string, query: URLSearchParams): void {
  if (pathname === '/close') void connection.close(Number(query.get('code')), query.get('reason') ?? '');
  if (pathname === '/empty-close') void connection.close(null);
  if (pathname === '/broken') socket.write(Buffer.from('f000', 'hex'));
  if (pathname === '/hello') {
    connection.send('hello');
    connection.send(Buffer.from([1]));
  }
  if (pathname === '/abrupt') {
    connection.on('pong', () => connection.terminate());
    void connection.ping().catch(() => undefined);
  }
}
