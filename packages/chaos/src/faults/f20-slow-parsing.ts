/** F20: header values made to be slow to parse: time against length, and the worst of a million. */
import { parseExtensions, RequestHeadReader, respond, ResponseHeadReader } from '@sokker/handshake';
import { random } from '@sokker/testkit';
import { fault } from '../stage.js';

const SHORT_BYTES = 8 * 1024;
const LONG_BYTES = 64 * 1024;
const REPEATS = 30;
const ALPHABET = ',; ="\\\t/:[]a0-';
const HEAD = 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n';

/** Text of some length that a naive parser would go over again and again. */
const PATTERNS: Readonly<Record<string, (bytes: number) => string>> = {
  commas: (bytes) => ','.repeat(bytes),
  'commas and blanks': (bytes) => ', '.repeat(bytes / 2),
  blanks: (bytes) => `a${' '.repeat(bytes - 2)}b`,
  tokens: (bytes) => 'a,'.repeat(bytes / 2),
  semicolons: (bytes) => `a${';'.repeat(bytes - 1)}`,
  parameters: (bytes) => `a${';b=c'.repeat(bytes / 4)}`,
  'open quote': (bytes) => `a;b="${'\\x'.repeat(bytes / 2)}`,
  quotes: (bytes) => `a;b=${'""'.repeat(bytes / 2)}`,
  slashes: (bytes) => '/'.repeat(bytes),
  brackets: (bytes) => `http://${'['.repeat(bytes)}`,
  colons: (bytes) => `http://${':'.repeat(bytes)}`,
};
const NO_LIMITS = { maxHeadBytes: Infinity, maxHeaders: Infinity } as const;

function request(name: string, value: string): void {
  const reader = new RequestHeadReader(NO_LIMITS);
  const head = reader.read(Buffer.from(`${HEAD}${name}: ${value}\r\n\r\n`, 'latin1'));
  if (head !== undefined) respond({ ...head, secure: false }, {});
}

const PARSERS: Readonly<Record<string, (value: string) => unknown>> = {
  'extension header': (value) => parseExtensions(value),
  'request, extensions': (value) => request('Sec-WebSocket-Extensions', value),
  'request, subprotocols': (value) => request('Sec-WebSocket-Protocol', value),
  'request, Connection': (value) => request('Connection', value),
  'request, Origin': (value) => request('Origin', value),
  'request, Host': (value) => request('Host', value),
  'request, key': (value) => request('Sec-WebSocket-Key', value),
  'request, line': (value) =>
    new RequestHeadReader(NO_LIMITS).read(Buffer.from(`GET ${value} HTTP/1.1\r\nHost: a\r\n\r\n`)),
  'request, anything': (value) => request('X-Any', value),
  'response, anything': (value) =>
    new ResponseHeadReader(NO_LIMITS).read(Buffer.from(`HTTP/1.1 101 ${value}\r\nX: ${value}\r\n\r\n`)),
};

/** The least of several times: whatever else the machine did only adds. */
function leastMs(act: () => unknown, repeats = REPEATS): number {
  let least = Infinity;
  for (let times = 0; times < repeats; times++) {
    const from = performance.now();
    attempt(act);
    least = Math.min(least, performance.now() - from);
  }
  return least;
}

function attempt(act: () => unknown): void {
  try {
    act();
  } catch {
    // Refusing is an answer; how long it takes is the question.
  }
}

/** The worst ratio of times for eight times the length, and whose it is. */
function growth(repeats: number): { ratio: number; what: string } {
  let worst = { ratio: 0, what: '' };
  for (const [parser, parse] of Object.entries(PARSERS)) {
    for (const [pattern, make] of Object.entries(PATTERNS)) {
      const [short, long] = [make(SHORT_BYTES), make(LONG_BYTES)];
      for (let times = 0; times < repeats; times++) attempt(() => parse(short));
      // What takes less than that is not measured by this clock, and hurts nobody.
      const ratio =
        leastMs(() => parse(long)) /
        Math.max(
          0.02,
          leastMs(() => parse(short)),
        );
      if (ratio > worst.ratio) worst = { ratio, what: `${parser}, ${pattern}` };
    }
  }
  return worst;
}

/** The slowest of many random values: timed again when it seemed slow, since the machine has other work too. */
function slowest(count: number, seed: number): number {
  const next = random(seed);
  const parsers = Object.values(PARSERS);
  let most = 0;
  for (let times = 0; times < count; times++) {
    const letters = Array.from({ length: next() * 64 }, () => ALPHABET[Math.floor(next() * ALPHABET.length)]);
    const value = letters.join('');
    const parse = parsers[times % parsers.length] ?? parseExtensions;
    const from = performance.now();
    attempt(() => parse(value));
    const ms = performance.now() - from;
    if (ms > most)
      most = Math.max(
        most,
        Math.min(
          ms,
          leastMs(() => parse(value)),
        ),
      );
  }
  return most;
}

const actors = { parser: () => ({ growth, slowest }) };

export const F20 = fault({
  id: 'F20',
  title: 'headers made to be slow to parse',
  actors,
  async run(stage) {
    const count = stage.scale(1_000_000, 100_000);
    const parser = await stage.start('parser', undefined);
    const { ratio, what } = await parser.call.growth(stage.scale(REPEATS, REPEATS / 2));
    const pairs = Object.keys(PARSERS).length * Object.keys(PATTERNS).length;
    stage.expect({
      asserted: `${pairs} pairs of parser and pattern: worst time for 64 KiB against 8 KiB`,
      figure: ratio,
      atMost: 10,
      beside: what,
    });
    stage.expect({
      asserted: `the slowest of ${count} random values`,
      figure: await parser.call.slowest(count, stage.seed),
      unit: 'ms',
      atMost: 1,
    });
  },
});
