// The chat: its page over node:http, and on the same port a SokkerServer that carries what is said.
import { SokkerServer, type ServerConnection } from '@sokker/server';
import { createServer } from 'node:http';
import { addressOf, listen } from '../program.js';
import { loadPage } from './page.js';
import { MAX_REQUEST_BYTES, parseRequest, RequestError } from './protocol.js';
import { Room } from './room.js';

const MAX_PAGES = 200;
const MAX_MESSAGES_PER_SECOND = 20;

export interface ChatOptions {
  /** The folder with the files of the page. */
  readonly page: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** Default: every address of this machine. */
  readonly host?: string;
  /** Hears of what went wrong, a line each. */
  readonly report: (line: string) => void;
}

export interface Chat {
  readonly url: string;
  close(): Promise<void>;
}

/** @throws StartError when a file of the page is missing or the port is in use */
export async function startChat({ page, port, host, report }: ChatOptions): Promise<Chat> {
  const http = createServer(await loadPage(page));
  const server = createChatServer(report);
  server.attach(http, { path: '/chat' });
  const address = await listen(http, port, host);
  return {
    url: `http://${addressOf(address)}`,
    async close() {
      const closed = new Promise((resolve) => http.close(resolve));
      await server.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

function createChatServer(report: ChatOptions['report']): SokkerServer {
  const server = new SokkerServer({
    maxMessageBytes: MAX_REQUEST_BYTES,
    maxMessagesPerSecond: MAX_MESSAGES_PER_SECOND,
    maxConnections: MAX_PAGES,
  });
  const room = new Room<ServerConnection>({
    now: Date.now,
    deliver: (event, to) => server.broadcast(JSON.stringify(event), { to }),
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
  server.on('error', (error) => report(error.message));
  return server;
}
