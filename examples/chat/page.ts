// The page's files, read once, and the answers that bring them to a browser.
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { StartError } from '../program.js';

const FILES = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/chat.css', file: 'chat.css', type: 'text/css; charset=utf-8' },
  { path: '/chat.js', file: 'chat.js', type: 'text/javascript; charset=utf-8' },
  { path: '/view.js', file: 'view.js', type: 'text/javascript; charset=utf-8' },
  { path: '/lasting-socket.js', file: 'lasting-socket.js', type: 'text/javascript; charset=utf-8' },
  { path: '/icon.svg', file: 'icon.svg', type: 'image/svg+xml' },
] as const;

/** Scripts, styles and connections of our own alone, nothing inline, no markup made from strings, no frame around it. */
const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
} as const;

interface Resource {
  readonly type: string;
  readonly body: Buffer;
}

/** @throws StartError when a file is missing */
export async function loadPage(folder: string): Promise<RequestListener> {
  const resources = new Map<string, Resource>();
  for (const { path, file, type } of FILES) resources.set(path, { type, body: await readPart(join(folder, file)) });
  return (request, response) => {
    const { method = '', url = '' } = request;
    const resource = resources.get(url.split('?', 1)[0] ?? '');
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { ...HEADERS, Allow: 'GET, HEAD' }).end();
    } else if (resource === undefined) {
      response.writeHead(404, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found.\n');
    } else {
      const { type, body } = resource;
      response.writeHead(200, { ...HEADERS, 'Content-Type': type, 'Content-Length': body.length }).end(body);
    }
  };
}

async function readPart(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new StartError(`The chat's page lacks a file: put ${path} back, or fetch Sokker anew.`, { cause });
  }
}
