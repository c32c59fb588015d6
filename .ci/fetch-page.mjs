// Starts the chat as the README says, on a free port, and fetches its page as a browser would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const TRIES = 100;
const PAUSE_MS = 300;

const port = await freePort();
const server = spawn('npm', ['start'], { env: { ...process.env, PORT: String(port) }, stdio: 'inherit' });
const ended = once(server, 'exit').then(([status]) => {
  throw new Error(`npm start ended with status ${status} before its page was fetched`);
});
try {
  const page = await Promise.race([fetchPage(`http://localhost:${port}/`), ended]);
  console.log(`${page.length} characters of HTML from port ${port}`);
} finally {
  ended.catch(() => {});
  server.kill('SIGTERM');
}

async function fetchPage(address) {
  for (let left = TRIES; ; left--) {
    try {
      const response = await fetch(address);
      const text = await response.text();
      const type = response.headers.get('content-type') ?? '';
      if (response.ok && type.startsWith('text/html') && text.includes('</html>')) return text;
      throw new Error(`${address} answered ${response.status} ${type}`);
    } catch (error) {
      if (left === 1) throw error;
      await wait(PAUSE_MS);
    }
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
