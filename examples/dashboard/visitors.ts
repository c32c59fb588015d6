// Clients as a server meets them, for the dashboard to show: some near, some far away, some who talk too much, one who
// never reads, some who leave without a word, and strangers.
import { connect, type Connection } from '@sokker/client';
import { FaultyDuplex } from '@sokker/testkit';
import { connect as dial } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [url = 'ws://localhost:3000'] = process.argv.slice(2);
const VISITORS = 30;

/** As far away as `delayMs`, give or take a half. */
function far(delayMs: number): Promise<Connection> {
  const delay = (step: () => void): void => void setTimeout(step, delayMs * (0.5 + Math.random()));
  return connect(url, {
    waitTurn: false,
    dial: ({ hostname, port }) => new FaultyDuplex(dial(port, hostname), { delay }),
  });
}

const ENDINGS: readonly ((visitor: Connection) => unknown)[] = [
  (visitor) => visitor.close(),
  (visitor) => visitor.close(),
  (visitor) => visitor.close(1001),
  (visitor) => visitor.close(4000, 'seen enough'),
  (visitor) => visitor.terminate(),
];

/** Talks for a while, leaves somehow, and comes back. */
async function regular(delayMs: number): Promise<never> {
  for (;;) {
    const visitor = await far(delayMs);
    visitor.discard();
    const until = Date.now() + 5000 + Math.random() * 60_000;
    while (visitor.state === 'open' && Date.now() < until) {
      visitor.send('x'.repeat(20 + Math.random() * 2000));
      await sleep(50 + Math.random() * 500);
    }
    ENDINGS[Math.floor(Math.random() * ENDINGS.length)]?.(visitor);
    await sleep(500 + Math.random() * 3000);
  }
}

/** Asks for much, and reads now and then. */
async function slow(): Promise<never> {
  const visitor = await connect(url, { maxBufferedBytes: Infinity });
  visitor.discard();
  for (;;) {
    visitor.pause();
    for (let asked = 0; asked < 400; asked++) {
      visitor.send(Buffer.alloc(32 * 1024));
      await sleep(100);
    }
    visitor.resume();
    await sleep(10_000);
  }
}

/** Says more than it may, and is sent away. */
async function chatterbox(): Promise<never> {
  for (;;) {
    const visitor = await connect(url);
    visitor.discard();
    await sleep(10_000);
    for (let said = 0; said < 200; said++) visitor.send('and another thing');
    await visitor.closed;
    await sleep(10_000);
  }
}

/** A page of somebody else's. */
async function stranger(): Promise<never> {
  for (;;) {
    await connect(url, { headers: { Origin: 'https://elsewhere.example' } }).catch(() => undefined);
    await sleep(7000);
  }
}

/** Whoever is thrown out, or finds nobody, tries again. */
async function persistent(visit: () => Promise<never>): Promise<never> {
  for (;;) {
    await visit().catch(() => undefined);
    await sleep(1000);
  }
}

for (let at = 0; at < VISITORS; at++) void persistent(() => regular(2 ** (at % 9)));
for (const visit of [slow, chatterbox, stranger]) void persistent(visit);
process.once('disconnect', () => process.exit());
