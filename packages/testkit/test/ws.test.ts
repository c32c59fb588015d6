/** The example adapter works: fixtures that ws is known to pass, and one that it is known to fail. */
import { compareFrames, compareHandshake, fixtures } from '../src/index.js';
import { wsFrames, wsServer } from './peers/ws-adapters.js';

const frames = [...fixtures.header.fixtures, ...fixtures.fragmentation.fixtures];

test.each([
  'header/length-boundaries/text-126-server',
  'header/length-boundaries/binary-126-client',
  'header/mask-direction/text-server',
  'fragmentation/control/close-inside-client',
])('ws passes %s', async (id) => {
  const fixture = frames.find((candidate) => candidate.id === id);
  if (fixture === undefined) throw new Error(`no fixture ${id}`);
  expect(await compareFrames(wsFrames, fixture)).toEqual([]);
});

test('ws takes lengths that are not minimal', async () => {
  const fixture = frames.find(({ id }) => id === 'header/minimal-length/text-1-in-16-bits-server');
  if (fixture === undefined) throw new Error('no such fixture');
  const findings = await compareFrames(wsFrames, fixture);
  expect(findings.map(({ deviation }) => deviation)).toEqual(['accepts', 'events']);
});

test('ws answers the handshake of RFC 6455 §1.3', async () => {
  const [fixture] = fixtures.handshake.fixtures;
  if (fixture === undefined) throw new Error('no fixture');
  expect(await compareHandshake(wsServer, fixture)).toEqual([]);
});
