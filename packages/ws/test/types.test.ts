// Judged by the type checker: code as it is written for @types/ws.
import WebSocket, { WebSocketServer, type RawData, type ServerOptions } from '@sokker/ws';
import type { IncomingMessage } from 'node:http';

interface Live extends WebSocket {
  isAlive: boolean;
}

export function server(options: ServerOptions): WebSocketServer {
  const wss = new WebSocketServer({
    ...options,
    perMessageDeflate: { zlibDeflateOptions: { chunkSize: 1024, level: 3 } },
  });
  wss.on('connection', (ws: Live, request: IncomingMessage, user: string) => {
    ws.isAlive = user !== request.url;
    ws.on('pong', function () {
      this.ping('again', true, (error?: Error) => error?.message);
    });
    ws.on('error', console.error);
    ws.on('message', (data: RawData, isBinary) => ws.send(data, { binary: isBinary }));
    ws.on('of my own', (...args: unknown[]) => args);
  });
  wss.on('headers', (headers: string[]) => headers.push('X: y'));
  for (const client of wss.clients) if (client.readyState === WebSocket.OPEN) client.terminate();
  return wss;
}

export function client(options: WebSocket.ClientOptions): WebSocket.WebSocket {
  const ws: WebSocket = new WebSocket('ws://localhost', 'chat', options);
  ws.onmessage = ({ data, target }: WebSocket.MessageEvent) => target.send(data);
  ws.addEventListener('close', (event: WebSocket.CloseEvent) => event.code, { once: true });
  ws.on('upgrade', (response) => response.headers.server);
  return ws;
}

test('those who wrote for the types of ws are understood', () => {
  const wss: WebSocket.Server = server({ noServer: true });
  expect(wss).toBeInstanceOf(WebSocket.Server);
});
