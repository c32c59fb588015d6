// The dashboard in a real browser, over a server with clients that behave and clients that do not.
import { SokkerServer } from '@sokker/server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../test/chromium.js';
import { WsClient } from '../../test/ws-client.js';
import { createDashboard, type Dashboard } from '../dashboard.js';

const EVERY_MS = 100;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let browser: Browser;
let watched: SokkerServer;
let dashboard: Dashboard;
let feed: string;
let errors: string[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});
beforeEach(async () => {
  watched = new SokkerServer({ onSlow: 'drop-newest', maxBufferedBytes: 1024, pingIntervalMs: 50 });
  watched.on('message', (message, connection) => connection.send(message.data));
  feed = `ws://127.0.0.1:${(await watched.listen(0, '127.0.0.1')).port}`;
  dashboard = await createDashboard(watched, join(__dirname, '..'), EVERY_MS);
  dashboard.http.listen(0, '127.0.0.1');
  await once(dashboard.http, 'listening');
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await dashboard.close();
  await watched.close();
  expect(errors).toEqual([]);
  errors = [];
});
afterAll(async () => {
  await browser.close();
});

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`http://127.0.0.1:${(dashboard.http.address() as AddressInfo).port}/`);
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
}

const panel = (page: Page, name: string) => page.getByRole('region', { name });

test('connections come and go, and how they ended is shown', async () => {
  const page = await open();
  const [first] = await Promise.all([WsClient.open(feed), WsClient.open(feed), WsClient.open(feed)]);
  await panel(page, 'Connections').getByText('3', { exact: true }).waitFor();
  await first.close(4001, 'seen <b>enough</b>');
  await panel(page, 'Connections').getByText('2', { exact: true }).waitFor();
  await panel(page, 'How connections ended').getByText('4001 application').waitFor();
  await panel(page, 'What happened').getByText('4001, “seen <b>enough</b>”').waitFor();
});

test('a slow consumer has a row until it has caught up, and Pings have their histogram', async () => {
  const page = await open();
  const client = await WsClient.open(feed);
  client.socket.pause();
  // More than the sockets' own buffers take; the second message finds the first still waiting.
  watched.broadcast(Buffer.alloc(32 * 1024 * 1024));
  watched.broadcast('and then some');
  await panel(page, 'Slow consumers').getByRole('cell', { name: '127.0.0.1 #1' }).waitFor();
  client.socket.resume();
  await panel(page, 'Slow consumers').getByText('Everybody keeps up.').waitFor();
  await panel(page, 'Round trips')
    .getByText(/Pings? in the last minute; median ≤/)
    .waitFor();
});

test('a stranger at the door is told of', async () => {
  const page = await open();
  await WsClient.open(feed, { origin: 'https://elsewhere.example' }).catch(() => undefined);
  await panel(page, 'How connections ended').getByText('refused at the door').waitFor();
  await panel(page, 'What happened').getByText('the origin is not allowed').waitFor();
});

test('it fits a phone', async () => {
  const page = await open(PHONE);
  await panel(page, 'Connections').getByText('0', { exact: true }).waitFor();
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBe(window);
});
