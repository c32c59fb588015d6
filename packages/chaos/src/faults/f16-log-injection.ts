/** F16: strings of peers that would write lines of their own into a log, or turn it around. */
import { channels, printable, SokkerServer } from '@sokker/server';
import { random } from '@sokker/testkit';
import { subscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { frame, CLOSE } from '../frames.js';
import { host } from '../host.js';
import { dial, manyTimes, Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { metricsWhen } from '../waiting.js';

/** C0, DEL, C1, line and paragraph separators, marks that change the direction of text, a byte order mark. */
const HOSTILE = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
  ...Array.from({ length: 33 }, (_, code) => String.fromCharCode(0x7f + code)),
  '\u2028',
  '\u2029',
  ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069', '\u200e', '\u200f'],
  '\ufeff',
  '\x1b[2J\x1b]0;owned\x07',
  '\r\nINFO all is well\r\n',
];
/** Anything of that, raw, but the line feed that ends a line of the log. */
const RAW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const MAX_REASON_BYTES = 123;

const actors = {
  server: async () => {
    const log: string[] = [];
    const write = (...words: readonly string[]): void => void log.push(words.join(' '));
    const server = new SokkerServer({
      upgrade: ({ path, origin, headers }) => {
        write('asks', printable(path), printable(origin ?? '-'), printable(headers.get('user-agent') ?? '-'));
      },
      origin: 'any',
    });
    // What the server says by itself is logged as it is: nothing of the peer's may be in it.
    subscribe(String(channels.refuse.name), (said) => write('refused', (said as { error: Error }).error.message));
    subscribe(String(channels.error.name), (said) => write('failed', (said as { error: Error }).error.message));
    server.on('close', (record) => write('closed', String(record.code), printable(record.reason)));
    return {
      ...(await host(server)),
      lines: () => log.length,
      raw: () => log.filter((line) => RAW.test(line)).map((line) => inspect(line)),
      longest: () => log.reduce((most, line) => Math.max(most, line.length), 0),
      words: () => log.filter((line) => line.includes('owned') || line.includes('INFO')).length,
    };
  },
  // Each peer has numbers of its own: a run repeats in whatever order they get on.
  load: ({ port, seed }: { port: number; seed: number }) => ({
    reasons: async (count: number) => {
      await manyTimes(count, async (index) => {
        const peer = await Peer.open(port);
        const reason = Buffer.from(cut(hostile(random(seed + index), 40)));
        await peer.write(frame(CLOSE, Buffer.concat([Buffer.from([0x0f, 0xa0]), reason])));
        await peer.closed;
      });
    },
    requests: async (count: number) => {
      await manyTimes(count, (index) => ask(port, random(seed + index)));
    },
  }),
};

function hostile(next: () => number, length: number): string {
  return Array.from({ length }, () => (next() < 0.5 ? HOSTILE[Math.floor(next() * HOSTILE.length)] : 'x')).join('');
}

function cut(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_REASON_BYTES));
  return text.slice(0, read);
}

/** A request in which one place holds what it should not; the bytes go out as they are. */
function ask(port: number, next: () => number): Promise<void> {
  const places = [`GET /${hostile(next, 20)}`, `GET /`, hostile(next, 5)];
  const first = places[Math.floor(next() * places.length)] ?? '';
  const head =
    `${first} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n` +
    `Origin: http://${hostile(next, 8)}\r\nUser-Agent: ${hostile(next, 300)}\r\n` +
    `Sec-WebSocket-Protocol: ${hostile(next, 8)}\r\n\r\n`;
  return new Promise((resolve) => {
    const socket = dial(port);
    socket.resume().once('close', () => resolve());
    socket.end(Buffer.from(head));
  });
}

export const F16 = fault({
  id: 'F16',
  title: "peers' strings in the log",
  actors,
  async run(stage) {
    const count = stage.scale(20_000, 2000);
    const server = await stage.start('server', undefined);
    const load = await stage.start('load', { port: await server.call.port(), seed: stage.seed });
    await load.call.reasons(count);
    await load.call.requests(count);
    const metrics = await metricsWhen(server.call, ({ closes }) => (closes[4000] ?? 0) >= count);
    const raw = await server.call.raw();
    for (const line of raw.slice(0, 3)) stage.note(`raw: ${line}`);
    stage.expect({
      asserted: `${await server.call.lines()} lines of a log fed with hostile reasons, paths, headers: lines with raw characters`,
      figure: raw.length,
      equals: 0,
      counter: fired(metrics, 'closes.4000', count),
    });
    stage.expect({
      asserted: 'longest line: three strings, each cut',
      figure: await server.call.longest(),
      atMost: 3 * 256 + 16,
    });
  },
});
