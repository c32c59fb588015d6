// Two tabs of a real browser in the chat, as people use it.
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../test/chromium.js';
import { type ExampleProcess, killRemaining, startExample } from '../../test/example-process.js';

const MAIN = 'examples/chat/main.ts';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let browser: Browser;
let chat: ExampleProcess;
beforeAll(async () => {
  browser = await launchChromium();
});
beforeEach(async () => {
  chat = await startExample(MAIN);
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await chat.kill('SIGTERM');
});
afterAll(async () => {
  killRemaining();
  await browser.close();
});

/** A tab of its own browser profile, connected, whose scripts have thrown nothing by the end of the test. */
async function open(name: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(`http://localhost:${chat.port}/`);
  await page.getByText('Connected', { exact: true }).waitFor();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Name').press('Enter');
  await page.getByRole('complementary').getByText(name).waitFor();
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByLabel('Message', { exact: true }).press('Enter');
}

const bubble = (page: Page, text: string, kind = '.message') => page.locator(kind).filter({ hasText: text });

test('two tabs exchange messages; own ones stand to the right', async () => {
  const [ada, bob] = await Promise.all([open('Ada'), open('Bob')]);
  await say(ada, 'Hello from Ada');
  await bubble(bob, 'Hello from Ada').waitFor();
  await say(bob, 'Hello from Bob');
  await bubble(ada, 'Hello from Bob').waitFor();
  await bubble(ada, 'Hello from Ada', '.own:not(.pending)').waitFor();
  const [own, other] = await Promise.all([
    bubble(ada, 'Hello from Ada').locator('.bubble').boundingBox(),
    bubble(ada, 'Hello from Bob').locator('.bubble').boundingBox(),
  ]);
  expect(own?.x).toBeGreaterThan(other?.x ?? Infinity);
  expect(await bubble(ada, 'Hello from Ada').count()).toBe(1);
  await bob.context().close();
  await ada.getByRole('complementary').getByText('Bob').waitFor({ state: 'detached' });
});

test('what people type is text', async () => {
  const [ada, bob] = await Promise.all([open('<b>Ada</b>'), open('Bob')]);
  await say(ada, '<img src=x onerror="document.title=1">');
  await bubble(bob, '<img src=x onerror="document.title=1">').waitFor();
  expect(await bob.locator('.messages img, .messages b b, .people b').count()).toBe(0);
  expect(await bob.title()).toBe('Sokker chat');
});

test('shows those who come later what was said, and new names', async () => {
  const ada = await open('Ada');
  await say(ada, 'Said before Cleo came');
  const cleo = await open('Cleo');
  await bubble(cleo, 'Said before Cleo came').waitFor();
  await ada.getByLabel('Name').fill('Countess');
  await ada.getByLabel('Name').press('Enter');
  await cleo.getByRole('complementary').getByText('Countess').waitFor();
});

test('works with the keyboard alone, and on a phone by touch', async () => {
  const [desk, phone] = await Promise.all([open('Desk'), open('Phone', PHONE)]);
  await desk.getByLabel('Message', { exact: true }).focus();
  await desk.keyboard.type('two');
  await desk.keyboard.press('Shift+Enter');
  await desk.keyboard.type('lines');
  await desk.keyboard.press('Tab');
  await desk.keyboard.press('Space');
  const twoLines = bubble(phone, 'two').filter({ hasText: 'lines' }).locator('.bubble');
  await twoLines.waitFor();
  expect(await twoLines.textContent()).toBe('two\nlines');
  await phone.getByLabel('Message', { exact: true }).fill('tapped');
  await phone.getByRole('button', { name: 'Send' }).tap();
  await bubble(desk, 'tapped').waitFor();
  const overflow = await phone.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(overflow).toBe(0);
});

test('comes back by itself after the server was away; what was written meanwhile is sent once', async () => {
  const [ada, bob] = await Promise.all([open('Ada'), open('Bob')]);
  await say(ada, 'Before');
  await bubble(bob, 'Before').waitFor();
  const { port } = chat;
  await chat.kill('SIGTERM');
  await ada.getByText('Offline', { exact: true }).waitFor();
  await say(ada, 'Meanwhile');
  await bubble(ada, 'Meanwhile', '.pending').waitFor();
  chat = await startExample(MAIN, { PORT: String(port) });
  await bubble(bob, 'Meanwhile').waitFor();
  await bubble(ada, 'Meanwhile', '.own:not(.pending)').waitFor();
  // The new server knows nothing of the old one's history; the pages keep theirs, each message once and as their own.
  for (const page of [ada, bob]) {
    expect(await bubble(page, 'Before').count()).toBe(1);
    expect(await bubble(page, 'Meanwhile').count()).toBe(1);
  }
  expect(await ada.locator('.own').count()).toBe(2);
  await bob.getByRole('complementary').getByText('Ada').waitFor();
});
