// The dashboard of a server: its page over node:http, and on the same port a SokkerServer that tells the page once a
// second what it is to show. A page that does not keep up gets the latest snapshot and none of those between.
import { SokkerServer } from '@sokker/server';
import { createServer, type Server } from 'node:http';
import { loadAssets } from './assets.js';
import { Observer } from './observer.js';

const EVERY_MS = 1000;
const MAX_VIEWERS = 50;

export interface Dashboard {
  /** Not listening yet. */
  readonly http: Server;
  close(): Promise<void>;
}

/**
 * @param watched the server to look into; nothing in it has to be prepared
 * @param folder where this file lies, and the page below it
 * @param everyMs how often the page hears of it
 */
export async function createDashboard(watched: SokkerServer, folder: string, everyMs = EVERY_MS): Promise<Dashboard> {
  const http = createServer(await loadAssets(folder));
  const observer = new Observer(watched, Date.now);
  const viewers = new SokkerServer({ maxConnections: MAX_VIEWERS, maxMessageBytes: 1, onSlow: 'keep-latest' });
  viewers.attach(http, { path: '/live' });
  viewers.on('connection', (viewer) => {
    viewer.discard();
    viewer.send(JSON.stringify({ type: 'history', points: observer.points }));
  });
  const timer = setInterval(() => {
    viewers.broadcast(JSON.stringify({ type: 'now', snapshot: observer.look() }), { key: 'now' });
  }, everyMs);
  return {
    http,
    async close() {
      clearInterval(timer);
      observer.stop();
      await viewers.close();
      http.close();
      http.closeAllConnections();
    },
  };
}
