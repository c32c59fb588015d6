import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { converse } from './conversation.js';

let server: WebSocketServer;
let url = '';
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      const word = isBinary ? '' : (data as Buffer).toString();
      if (word === 'close yourself') socket.close(4002, 'as asked');
      else if (word === 'ping me') socket.ping('from ws');
      else if (word === 'send fragments') {
        socket.send('frag', { fin: false });
        socket.send('', { fin: false });
        socket.send('ments ü');
      } else socket.send(data, { binary: isBinary });
    });
  });
});
afterAll(() => server.close());

describe('with the server of ws', () => converse({ url: () => url, deflate: true, sendsFragments: true }));
