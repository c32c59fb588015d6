import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** Serves a built site as a host with clean addresses does: `/frames` is frames.html. */
export async function serve(folder: string): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const asked = join(folder, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index` : pathname));
    const path = [asked, `${asked}.html`].find((candidate) => extname(candidate) !== '' && existsSync(candidate));
    if (path === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? '' }).end(readFileSync(path));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
