// The chat: its page over node:http, and on the same port a SokkerServer that carries what is said.
import { prepare } from '@sokker/connection';
import { reject, SokkerServer, type ServerConnection } from '@sokker/server';
import { createServer } from 'node:http';
import { addressOf, listen } from '../program.js';
import { heartbeat } from './heartbeat.js';
import { loadPage } from './page.js';
import { MAX_REQUEST_BYTES, parseRequest, RequestError } from './protocol.js';
import { Room } from './room.js';

const MAX_PAGES = 200;
const HEARTBEAT_MS = 30_000;

export interface ChatOptions {
  /** The folder with the files of the page. */
  readonly page: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** Default: every address of this machine. */
  readonly host?: string;
}

export interface Chat {
  readonly url: string;
  close(): Promise<void>;
}

/** @throws StartError when a file of the page is missing or the port is in use */
export async function startChat({ page, port, host }: ChatOptions): Promise<Chat> {
  const http = createServer(await loadPage(page));
  const server = createChatServer();
  server.attach(http, { path: '/chat' });
  const address = await listen(http, port, host);
  const stopHeart = heartbeat(server.clients, HEARTBEAT_MS);
  return {
    url: `http://${addressOf(address)}`,
    async close() {
      stopHeart();
      const closed = new Promise((resolve) => http.close(resolve));
      await server.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

function createChatServer(): SokkerServer {
  const server: SokkerServer = new SokkerServer({
    maxMessageBytes: MAX_REQUEST_BYTES,
    upgrade: () => (server.clients.size < MAX_PAGES ? undefined : reject(503, { body: 'The room is full.' })),
  });
  const room = new Room<ServerConnection>({
    now: Date.now,
    deliver(event, seats) {
      const message = prepare(JSON.stringify(event));
      for (const seat of seats) seat.send(message);
    },
  });
  server.on('message', (message, connection) => {
    try {
      room.handle(parseRequest(message), connection);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      connection.send(JSON.stringify({ type: 'refused', reason: error.message }));
    }
  });
  server.on('close', (_record, connection) => room.leave(connection));
  server.on('error', (error) => console.error(error.message));
  return server;
}
