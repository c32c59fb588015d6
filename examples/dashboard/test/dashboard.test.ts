import { SokkerServer } from '@sokker/server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WsClient } from '../../test/ws-client.js';
import { createDashboard, type Dashboard } from '../dashboard.js';

const watched = new SokkerServer();
let dashboard: Dashboard;
let host: string;

beforeAll(async () => {
  dashboard = await createDashboard(watched, join(__dirname, '..'), 20);
  dashboard.http.listen(0, '127.0.0.1');
  await once(dashboard.http, 'listening');
  host = `127.0.0.1:${(dashboard.http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await dashboard.close();
  await watched.close();
});

test.each(['/', '/dashboard.css', '/dashboard.js', '/drawing.js', '/words.js', '/lasting-socket.js', '/icon.svg'])(
  'GET %s',
  async (path) => {
    const response = await fetch(`http://${host}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await response.text()).length).toBeGreaterThan(100);
  },
);

test('what is not there is not there, and nothing can be sent', async () => {
  expect((await fetch(`http://${host}/secret`)).status).toBe(404);
  expect((await fetch(`http://${host}/`, { method: 'POST' })).status).toBe(405);
});

test('a page gets what was, then a snapshot', async () => {
  const page = await WsClient.open(`ws://${host}/live`);
  expect(await page.nextJson()).toMatchObject({ type: 'history', points: expect.any(Array) });
  expect(await page.nextJson()).toMatchObject({ type: 'now', snapshot: { connections: 0, slow: [], events: [] } });
  await page.close(1000);
});
