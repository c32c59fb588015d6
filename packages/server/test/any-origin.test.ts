import { examine } from '@sokker/handshake';
import { fresh } from './fresh.js';
import { rigs } from './rig.js';

const start = rigs();

type AnyOrigin = typeof import('../src/any-origin.js');

/** What is warned of where such a request is let in, twice. */
function warningsOf(headers: readonly string[]): readonly unknown[][] {
  const rawHeaders = ['Host', 'app.example', 'Connection', 'Upgrade', 'Upgrade', 'websocket', ...headers];
  rawHeaders.push('Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==');
  const offer = examine({ method: 'GET', target: '/', httpVersion: '1.1', rawHeaders }, { origin: 'any' });
  if (offer.type !== 'offer') throw new Error('refused');
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const { warnOfAnyOrigin } = fresh<AnyOrigin>('../src/any-origin.js');
  const request = { ...offer, remoteAddress: undefined, incoming: undefined, stream: undefined };
  warnOfAnyOrigin(request);
  warnOfAnyOrigin(request);
  const { calls } = warn.mock;
  warn.mockRestore();
  return calls;
}

test.each<[string, string[]]>([
  ['a program, which sends no Origin', ['Cookie', 'a=b']],
  ['a page of the same origin', ['Origin', 'https://app.example', 'Cookie', 'a=b']],
  ['a page of another without cookies', ['Origin', 'https://evil.example']],
])('nothing is said of %s', (_, headers) => {
  expect(warningsOf(headers)).toEqual([]);
});

test.each<[string, string]>([
  ['https://evil.example', 'a page of https://evil.example that'],
  ['null', 'a page of null that'],
  ['\u0085\u009b31m', String.raw`a page of \u{85}\u{9b}31m that`],
])('a page of %j with cookies is told once, in one line', (origin, said) => {
  const warnings = warningsOf(['Origin', origin, 'Cookie', 'a=b']);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toEqual([
    expect.stringContaining(said),
    expect.objectContaining({ type: 'SokkerWarning', code: 'SOKKER_ANY_ORIGIN' }),
  ]);
});

test.each<[string, object, number]>([
  ["with origin: 'any'", { origin: 'any' }, 1],
  ['with a function that lets everyone in', { origin: () => true }, 0],
])('a server %s', async (_, options, times) => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const rig = await start(options);
  await rig.open(['Origin: https://evil.example', 'Cookie: a=b']);
  expect(warn).toHaveBeenCalledTimes(times);
  warn.mockRestore();
});
