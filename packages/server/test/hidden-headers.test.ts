import { SokkerServer } from '@sokker/server';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Wire } from './wire.js';

const ORIGIN = 'Origin: https://evil.example';

let http: Server;
let server: SokkerServer;
const outcomes: Promise<unknown>[] = [];

type Enter = () => unknown;
const WAYS: readonly [string, Enter][] = [
  ['attach', () => server.attach(http)],
  ['handleUpgrade', () => http.on('upgrade', (...asked) => outcomes.push(server.handleUpgrade(...asked)))],
];

afterEach(async () => {
  outcomes.length = 0;
  await server.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

/** The status that a request gets with so many headers more, and one at the end that must be judged. */
async function statusOf(enter: Enter, shown: number | null, more: number, last: string): Promise<number> {
  http = createServer();
  http.maxHeadersCount = shown;
  server = new SokkerServer({ maxHeaders: Infinity, maxHeadBytes: Infinity, closeTimeoutMs: 20 });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  enter();
  const wire = await Wire.open((http.address() as AddressInfo).port, [...Array<string>(more).fill('A: b'), last]);
  const { status } = await wire.response();
  if (status !== 101) expect(await Promise.all(outcomes)).toEqual(outcomes.map(() => undefined));
  wire.socket.destroy();
  return status;
}

describe.each(WAYS)('by %s', (_, enter) => {
  test.each<[string, number | null, number, string, number]>([
    ['more than node:http shows by default', null, 1100, ORIGIN, 431],
    ['more than it was told to show', 32, 80, ORIGIN, 431],
    ['as many as it shows, so that there may be more', 32, 26, 'A: b', 431],
    ['one fewer', 32, 25, 'A: b', 101],
    ['any number, where all are shown', 0, 1100, 'A: b', 101],
    ['the same, and the last is judged', 0, 1100, ORIGIN, 403],
  ])('a request with %s', async (__, shown, more, last, status) => {
    expect(await statusOf(enter, shown, more, last)).toBe(status);
  });

  test('it is counted', async () => {
    // One more Node.js 22 refuses by itself.
    await statusOf(enter, 32, 26, 'A: b');
    expect(server.metrics().refusals).toEqual({ ERR_SOKKER_TOO_MANY_HEADERS: 1 });
  });
});
