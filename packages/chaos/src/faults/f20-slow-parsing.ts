/** F20: header values made to be slow to parse: time against length, and the worst of a million. */
import { permessageDeflate } from '@sokker/deflate';
import { parseExtensions, RequestHeadReader, respond, ResponseHeadReader, UpgradePolicy } from '@sokker/handshake';
import { random } from '@sokker/testkit';
import { fault } from '../stage.js';

/** The longer is what a head may have by default, and a list in any case. */
const SHORT_BYTES = 2 * 1024;
const LONG_BYTES = 16 * 1024;
const REPEATS = 30;
const ALPHABET = ',; ="\\\t/:[]a0-';
const HEAD: ReadonlyMap<string, string> = new Map([
  ['Host', 'a'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
]);

type Pattern = (bytes: number) => string;

/** Text of about some length that a naive parser would go over again and again. */
const PATTERNS: ReadonlyMap<string, Pattern> = new Map<string, Pattern>([
  ['commas', (bytes) => ','.repeat(bytes)],
  ['commas and blanks', (bytes) => ', '.repeat(bytes / 2)],
  ['blanks', (bytes) => `a${' '.repeat(bytes - 2)}b`],
  ['tokens', (bytes) => 'a,'.repeat(bytes / 2)],
  ['semicolons', (bytes) => `a${';'.repeat(bytes - 1)}`],
  ['parameters', (bytes) => `a${';b=c'.repeat(bytes / 4)}`],
  ['open quote', (bytes) => `a;b="${'\\x'.repeat(bytes / 2)}`],
  ['quotes', (bytes) => `a;b=${'""'.repeat(bytes / 2)}`],
  ['slashes', (bytes) => '/'.repeat(bytes)],
  ['brackets', (bytes) => `http://${'['.repeat(bytes)}`],
  ['colons', (bytes) => `http://${':'.repeat(bytes)}`],
]);

/** No byte more: a list is refused for its length from there on, unread. */
function valueOf(make: Pattern, bytes: number): string {
  return make(bytes).slice(0, bytes);
}

const NO_LIMITS = { maxHeadBytes: Infinity, maxHeaders: Infinity } as const;
/** As strict as it can be, so that every value is looked at. */
const POLICY = new UpgradePolicy({
  ...NO_LIMITS,
  origin: 'same',
  hosts: ['a'],
  subprotocols: ['a'],
  extensions: [permessageDeflate()],
});

/** Judges a request that breaks no rule but by this value. Answers the code of the refusal, undefined where there is none. */
function request(name: string, value: string, target = '/'): string | undefined {
  const lines = [...new Map([...HEAD, [name, value]])].map((pair) => `${pair.join(': ')}\r\n`).join('');
  const head = new RequestHeadReader(POLICY).read(Buffer.from(`GET ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1'));
  const answer = head === undefined ? undefined : respond({ ...head, secure: false }, POLICY);
  return answer?.type === 'refusal' ? answer.error.code : undefined;
}

interface Parser {
  /** A value that nothing is wrong with. */
  readonly honest: string;
  /** What it may refuse a value for: any other code, and something else refused it, so that it has not read it. */
  readonly codes: readonly string[];
  /** Answers the code of the refusal, or throws an error that has it. */
  readonly parse: (value: string) => string | undefined;
}

function inHeader(name: string, honest: string, ...codes: readonly string[]): Parser {
  return { honest, codes, parse: (value) => request(name, value) };
}

const LIST = 'ERR_SOKKER_LIST';
const PARSERS: ReadonlyMap<string, Parser> = new Map([
  [
    'extension header',
    { honest: 'a; b=c', codes: [LIST, 'ERR_SOKKER_EXTENSIONS'], parse: (value) => void parseExtensions(value) },
  ],
  ['request, extensions', inHeader('Sec-WebSocket-Extensions', 'a; b="c"', LIST, 'ERR_SOKKER_EXTENSIONS')],
  ['request, subprotocols', inHeader('Sec-WebSocket-Protocol', 'b, a', LIST, 'ERR_SOKKER_SUBPROTOCOLS')],
  ['request, Connection', inHeader('Connection', 'a, Upgrade', LIST, 'ERR_SOKKER_CONNECTION')],
  ['request, Origin', inHeader('Origin', 'http://a', 'ERR_SOKKER_ORIGIN')],
  ['request, Host', inHeader('Host', 'a:80', 'ERR_SOKKER_HOST', 'ERR_SOKKER_HOST_UNKNOWN')],
  ['request, key', inHeader('Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA==', 'ERR_SOKKER_KEY')],
  [
    'request, line',
    {
      honest: '/a?b',
      codes: ['ERR_SOKKER_START_LINE', 'ERR_SOKKER_TARGET'],
      parse: (value) => request('Host', 'a', value),
    },
  ],
  ['request, anything', inHeader('X-Any', 'a')],
  [
    'response, anything',
    {
      honest: 'a',
      codes: [],
      parse: (value) => {
        const head = `HTTP/1.1 101 ${value}\r\nX: ${value}\r\n\r\n`;
        return void new ResponseHeadReader(NO_LIMITS).read(Buffer.from(head, 'latin1'));
      },
    },
  ],
]);

/** The code of the refusal, which is an answer too: how long it takes is the question. */
function codeOf({ parse }: Parser, value: string): string | undefined {
  try {
    return parse(value);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Honest values that are refused, and hostile ones that something other than their parser refuses: name and code. */
function unread(): string[] {
  const wrong: string[] = [];
  for (const [name, parser] of PARSERS) {
    const refused = codeOf(parser, parser.honest);
    if (refused !== undefined) wrong.push(`${name}, honest: ${refused}`);
    for (const [pattern, make] of PATTERNS) {
      const code = codeOf(parser, valueOf(make, LONG_BYTES));
      if (code !== undefined && !parser.codes.includes(code)) wrong.push(`${name}, ${pattern}: ${code}`);
    }
  }
  return wrong;
}

/** The least of several times: whatever else the machine did only adds. */
function leastMs(parser: Parser, value: string, repeats = REPEATS): number {
  let least = Infinity;
  for (let times = 0; times < repeats; times++) {
    const from = performance.now();
    codeOf(parser, value);
    least = Math.min(least, performance.now() - from);
  }
  return least;
}

/** The worst ratio of times for eight times the length, and whose it is. */
function growth(repeats: number): { ratio: number; what: string } {
  let worst = { ratio: 0, what: '' };
  for (const [name, parser] of PARSERS) {
    for (const [pattern, make] of PATTERNS) {
      const [short, long] = [valueOf(make, SHORT_BYTES), valueOf(make, LONG_BYTES)];
      for (let times = 0; times < repeats; times++) codeOf(parser, short);
      const [shortMs, longMs] = [leastMs(parser, short), leastMs(parser, long)];
      // What takes less than that is not measured by this clock, and hurts nobody.
      const ratio = longMs / Math.max(0.02, shortMs);
      if (ratio > worst.ratio) worst = { ratio, what: `${name}, ${pattern}` };
    }
  }
  return worst;
}

/** The slowest of many random values: timed again when it seemed slow, since the machine has other work too. */
function slowest(count: number, seed: number): number {
  const next = random(seed);
  const parsers = [...PARSERS.values()];
  let most = 0;
  for (let times = 0; times < count; times++) {
    const letters = Array.from({ length: next() * 64 }, () => ALPHABET[Math.floor(next() * ALPHABET.length)]);
    const value = letters.join('');
    const parser = parsers[times % parsers.length];
    if (parser === undefined) continue;
    const ms = leastMs(parser, value, 1);
    if (ms > most) most = Math.max(most, Math.min(ms, leastMs(parser, value)));
  }
  return most;
}

const actors = { parser: () => ({ unread, growth, slowest }) };

export const F20 = fault({
  id: 'F20',
  title: 'headers made to be slow to parse',
  actors,
  async run(stage) {
    const count = stage.scale(1_000_000, 100_000);
    const parser = await stage.start('parser', undefined);
    const wrong = await parser.call.unread();
    for (const what of wrong.slice(0, 5)) stage.note(`not read: ${what}`);
    const pairs = PARSERS.size * PATTERNS.size;
    stage.expect({
      asserted: `${PARSERS.size} honest values, ${pairs} pairs of parser and pattern: refused by something else`,
      figure: wrong.length,
      equals: 0,
    });
    const { ratio, what } = await parser.call.growth(stage.scale(REPEATS, REPEATS / 2));
    stage.expect({
      asserted: `${pairs} pairs of parser and pattern: worst time for 16 KiB against 2 KiB`,
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
