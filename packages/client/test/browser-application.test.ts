import { WebSocket } from '@sokker/client';
import { ChatClient } from './browser-application.js';
import { serve } from './server.js';

test('an application written for a page runs unchanged', async () => {
  const server = await serve(
    (connection) => {
      let name = '';
      connection.on('message', (message) => {
        if (message.type === 'binary') return void connection.send(message.data);
        const said = message.json() as { join?: string; text?: string };
        if (said.join !== undefined) name = said.join;
        else connection.send(JSON.stringify({ from: name, text: said.text }));
      });
    },
    { subprotocols: ['chat'] },
  );
  const chat = new ChatClient(WebSocket, server.url, 'ada');
  const changed = (): Promise<void> => new Promise((resolve) => (chat.onChange = resolve));
  chat.say('hello');
  await changed();
  await chat.show(new Blob([new Uint8Array([1, 2, 3])]));
  await changed();
  chat.leave();
  await changed();
  expect(chat.lines).toEqual([
    { from: 'ada', text: 'hello' },
    { from: '', text: 'left: 1000 ' },
  ]);
  expect(await chat.pictures[0]?.arrayBuffer()).toEqual(new Uint8Array([1, 2, 3]).buffer);
  await server.close();
});
