// Chromium opens WebSockets in the session of HTTP/2 that has brought the page, where the server says that it takes them.
import { permessageDeflate } from '@sokker/deflate';
import { SokkerServer, type CloseRecord, type ServerRequest } from '@sokker/server';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { launchChromium } from './chromium.js';
import { ROOT } from './example-process.js';

test('Chromium, over HTTP/2', async () => {
  const pem = readFileSync(join(ROOT, 'packages/client/test/certificates/good.pem'));
  const http2 = createSecureServer({ key: pem, cert: pem }, (_, response) => response.end('<!doctype html><title>.'));
  const server = new SokkerServer({ extensions: [permessageDeflate()] });
  const requests: ServerRequest[] = [];
  const records: CloseRecord[] = [];
  server.on('connection', (_, request) => requests.push(request));
  server.on('message', ({ type, data }, client) => client.send(type === 'text' ? data.toString() : data));
  server.on('close', (record) => records.push(record));
  server.attach(http2);
  http2.listen(0, 'localhost');
  await once(http2, 'listening');
  const authority = `localhost:${(http2.address() as AddressInfo).port}`;
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.addInitScript({ path: join(ROOT, 'examples/test/clients/converse.js') });
    await page.goto(`https://${authority}/`);
    const found = await page.evaluate<Record<string, unknown>>(`converse('wss://${authority}/chat')`);
    expect(found).toMatchObject({ text: true, binary: true, close: 3001, clean: true });
    expect(String(found.extensions)).toContain('permessage-deflate');
    const [request] = requests;
    expect(request).toMatchObject({
      httpVersion: '2.0',
      path: '/chat',
      scheme: 'https',
      origin: `https://${authority}`,
    });
    expect(records).toMatchObject([{ code: 3001, clean: true }]);
    // A page that is left says no Close.
    await page.evaluate(`new Promise((open) => new WebSocket('wss://${authority}/').addEventListener('open', open))`);
    const ended = once(server, 'close');
    await page.close();
    expect(((await ended) as [CloseRecord])[0]).toMatchObject({ by: 'peer' });
  } finally {
    await browser.close();
    await server.close();
    await new Promise((resolve) => http2.close(resolve));
  }
}, 60_000);
