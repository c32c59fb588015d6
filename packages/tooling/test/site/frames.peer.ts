// The page that takes frames apart, as it is built, in a real browser: @sokker/frame runs there.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../../examples/test/chromium.js';
import { serve } from './static-server.js';

const ROOT = join(__dirname, '../../../..');
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const folder = mkdtempSync(join(tmpdir(), 'sokker-site-'));
let site: { readonly url: string; readonly server: Server };
let browser: Browser;
let errors: string[] = [];

beforeAll(async () => {
  const vitepress = join(ROOT, 'node_modules/vitepress/bin/vitepress.js');
  const env = { ...process.env, SOKKER_DOCS: 'pages', NODE_ENV: 'production' };
  const build = promisify(execFile)(process.execPath, [vitepress, 'build', 'docs', '--outDir', folder], {
    cwd: ROOT,
    env,
  });
  [browser] = await Promise.all([launchChromium(), build]);
  site = await serve(folder);
}, 120_000);
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(errors).toEqual([]);
  errors = [];
});
afterAll(async () => {
  await browser.close();
  site.server.close();
  rmSync(folder, { recursive: true });
});

async function open(hash = '', options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${site.url}/frames${hash}`);
  await page.getByLabel('Verdict').waitFor();
  return page;
}

const verdict = (page: Page): Promise<string> => page.getByLabel('Verdict').innerText();
const type = (page: Page, hex: string): Promise<void> => page.getByRole('textbox', { name: 'Bytes' }).fill(hex);

test('bytes that are typed become frames and messages', async () => {
  const page = await open();
  await page.getByLabel('a client').check();
  await type(page, '81 05 48 65 6c 6c 6f');
  expect(await verdict(page)).toMatch(/1 frame\. No rule is broken\.[^]*Message: text, 5 bytes[^]*Hello/);
  const card = page.getByRole('article', { name: 'Frame 1' });
  expect(await card.innerText()).toMatch(/text[^]*0001[^]*0000101[^]*5 bytes[^]*48 65 6c 6c 6f/);
});

test('a broken rule is named, with the byte at which it shows', async () => {
  const page = await open();
  await page.getByLabel('a client').check();
  await type(page, '81 02 c3 28 00');
  expect(await verdict(page)).toMatch(
    /Byte 3 breaks a rule: text is not valid UTF-8\.[^]*§8\.1[^]*1007[^]*INVALID_UTF8/,
  );
  expect(await verdict(page)).toContain('1 byte behind it not read');
});

test('who hears the bytes decides about the mask', async () => {
  const page = await open('#hex=810548656c6c6f&role=client');
  expect(await verdict(page)).toContain('No rule is broken');
  await page.getByLabel('a server').check();
  expect(await verdict(page)).toMatch(/Byte 1 breaks a rule[^]*MASK_MISSING/);
});

test('what is no hexadecimal digit is said, and the rest is read', async () => {
  const page = await open();
  await type(page, '89 80 xyz');
  await page.getByText('“x” is no hexadecimal digit').waitFor();
  expect(await verdict(page)).toContain('waits for 4 bytes more');
});

test('a frame that is made from text is appended, masked as a client would', async () => {
  const page = await open('#hex=89800a0b0c0d&role=server');
  await page.getByLabel('What it says').fill('Grüße');
  await page.getByRole('button', { name: 'Add' }).click();
  expect(await verdict(page)).toMatch(/2 frames\.[^]*Message: text, 7 bytes[^]*Grüße/);
});

test('what is shown stays in the address', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Reserved opcode' }).click();
  await page.reload();
  await page.getByText('Byte 0 breaks a rule').waitFor();
});

test('a tap on a byte names its part, and the page fits a phone', async () => {
  const page = await open('', PHONE);
  await page.getByRole('button', { name: 'Masked text' }).tap();
  await page.getByTitle('byte 3', { exact: true }).tap();
  await page.getByText('Bytes 2 to 5: masking key, 4 bytes').waitFor();
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBe(window);
});

test('64 KiB of input are read, and what is beyond is left out', async () => {
  const page = await open();
  await page.getByLabel('a client').check();
  await type(page, '827efffc' + '2a'.repeat(70_000));
  await page.getByText('Only the first 64 KiB are looked at.').waitFor();
  expect(await verdict(page)).toContain('Message: binary, 65,532 bytes');
});
