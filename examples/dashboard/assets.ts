// The files of the page, read once, and the answers that bring them to a browser.
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { StartError } from '../program.js';

const SCRIPT = 'text/javascript; charset=utf-8';
const ASSETS = [
  { path: '/', file: 'page/index.html', type: 'text/html; charset=utf-8' },
  { path: '/dashboard.css', file: 'page/dashboard.css', type: 'text/css; charset=utf-8' },
  { path: '/dashboard.js', file: 'page/dashboard.js', type: SCRIPT },
  { path: '/drawing.js', file: 'page/drawing.js', type: SCRIPT },
  { path: '/words.js', file: 'page/words.js', type: SCRIPT },
  { path: '/lasting-socket.js', file: '../chat/page/lasting-socket.js', type: SCRIPT },
  { path: '/icon.svg', file: '../chat/page/icon.svg', type: 'image/svg+xml' },
] as const;

/** Nothing but what is ours, and nothing inline: what peers said is shown, never run. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
} as const;

/**
 * @param folder that of this file
 * @throws StartError when a file is missing
 */
export async function loadAssets(folder: string): Promise<RequestListener> {
  const bodies = new Map<string, { readonly type: string; readonly body: Buffer }>();
  for (const { path, file, type } of ASSETS) bodies.set(path, { type, body: await read(join(folder, file)) });
  return ({ method = '', url = '' }, response) => {
    const asset = bodies.get(url.split('?', 1)[0] ?? '');
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { ...HEADERS, Allow: 'GET, HEAD' }).end();
    } else if (asset === undefined) {
      response.writeHead(404, HEADERS).end();
    } else {
      response.writeHead(200, { ...HEADERS, 'Content-Type': asset.type }).end(asset.body);
    }
  };
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new StartError(`The dashboard lacks a file: put ${path} back, or fetch Sokker anew.`, { cause });
  }
}
