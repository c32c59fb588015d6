import { randomBytes } from 'node:crypto';
import { compareClient, fixtures, runClientFixtures, type ClientImplementation } from '../src/index.js';
import { handshakeClient } from './adapters/handshake.js';

const requests = fixtures.client.fixtures.filter(({ act }) => act === 'request');
const byId = (id: string) => requests.filter((fixture) => fixture.id === `client/request/${id}`);

/** A client that is right, but for what is done to its requests. */
function client(change: (request: string) => string): ClientImplementation {
  return {
    ...handshakeClient,
    async request(...call) {
      const request = await handshakeClient.request(...call);
      return Buffer.from(change(request.toString('latin1')), 'latin1');
    },
  };
}

const withKey = (...keys: string[]): ClientImplementation =>
  client((request) => request.replace(/Sec-WebSocket-Key:.*\r\n/, keys.map((key) => `Sec-WebSocket-Key: ${key}\r\n`).join(''))); // prettier-ignore
const problemsOf = async (
  implementation: ClientImplementation,
  [fixture] = byId('plain'),
): Promise<readonly string[]> => (fixture === undefined ? ['no fixture'] : compareClient(implementation, fixture));

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const base64 = (bytes: number): string => randomBytes(bytes).toString('base64');

test('a client that is right has no problem, and what is done here is done to its requests', async () => {
  expect(await problemsOf(client((request) => request))).toEqual([]);
  expect(await problemsOf(withKey(KEY))).toEqual([]);
});

test.each([
  ['none', []],
  ['two', [base64(16), KEY]],
  ['an empty one', ['']],
  ['3 bytes', [base64(3)]],
  ['15 bytes', [base64(15)]],
  ['17 bytes', [base64(17)]],
  ['no padding', [KEY.slice(0, -2)]],
  ['bits behind the last byte', [KEY.replace('Q==', 'R==')]],
  ['the other alphabet of base64', [KEY.replace('d', '-')]],
  ['a blank inside', [KEY.replace('b', ' b')]],
])('a key that is wrong is found: %s', async (_what, keys) => {
  const shown = keys.join(' and ') || 'absent';
  expect(await problemsOf(withKey(...keys))).toEqual([
    `sec-websocket-key is ${shown}, expected 16 bytes in base64, once`,
  ]);
});

test('a key that comes again is found, also after a call that is refused', async () => {
  const constant = withKey(KEY);
  const again = [`sec-websocket-key is ${KEY} again, expected another for each request`];
  expect(await problemsOf(constant)).toEqual([]);
  expect(await problemsOf(constant, byId('refused-fragment'))).toEqual([]);
  expect(await problemsOf(constant, byId('query'))).toEqual(again);
  expect(await problemsOf(constant, byId('no-path'))).toEqual(again);
  expect(await problemsOf(withKey(KEY))).toEqual([]);
});

test('bytes behind the head are found', async () => {
  expect(await problemsOf(client((request) => `${request}\r\n`))).toEqual(['2 bytes stand behind the head']);
});

test('the runner finds these too', async () => {
  const failed = async (implementation: ClientImplementation): Promise<number> => {
    const bodies: (() => Promise<void>)[] = [];
    runClientFixtures(implementation, (_name, body) => bodies.push(body), requests);
    let count = 0;
    for (const body of bodies) await body().catch(() => count++);
    return count;
  };
  const made = requests.filter((fixture) => fixture.act === 'request' && fixture.expect !== null).length;
  expect(await failed(handshakeClient)).toBe(0);
  expect(await failed(withKey())).toBe(made);
  expect(await failed(withKey(KEY))).toBe(made - 1);
});
