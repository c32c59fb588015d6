// A server, in a process of its own, that lets each message wait for STALL_MS before it reads it to its end.
import type { MessageStream } from '@sokker/server';
import { SokkerServer, type ServerConnection } from '@sokker/server';
import { setTimeout as wait } from 'node:timers/promises';
import { Growth } from '../growth.js';

const { STALL_MS = '0' } = process.env;
const server = new SokkerServer({ receive: 'stream', pingIntervalMs: Infinity });

// eslint-disable-next-line @typescript-eslint/no-misused-promises -- what it rejects with ends its connection (1011)
server.on('stream', async (message: MessageStream, connection: ServerConnection) => {
  const growth = new Growth();
  growth.warm();
  await wait(Number(STALL_MS));
  const stalledMib = growth.stop();
  let bytes = 0;
  for await (const piece of message.body as AsyncIterable<Buffer>) bytes += piece.length;
  connection.send(JSON.stringify({ bytes, stalledMib }));
});

const { port } = await server.listen(0, '127.0.0.1');
console.log(`port: ${port}`);
