import { bannedGlobals, bannedModules, ROOMS } from '../src/rooms.js';

describe('the plan of the house', () => {
  test('has no arrow to a room that is not there, and none in a circle', () => {
    const below = (room: string): string[] => (ROOMS[room]?.arrows ?? []).flatMap((to) => [to, ...below(to)]);
    for (const [room, { arrows }] of Object.entries(ROOMS)) {
      for (const to of arrows) expect(ROOMS).toHaveProperty(to);
      expect(below(room)).not.toContain(room);
    }
  });

  test.each(['frame', 'handshake'])('%s is sans-I/O and depends on nothing', (room) => {
    expect(ROOMS[room]).toEqual({ arrows: [], world: 'none' });
  });

  test('no core package knows of deflate', () => {
    for (const room of ['frame', 'handshake', 'connection', 'server', 'client']) {
      expect(ROOMS[room]?.arrows).not.toContain('deflate');
    }
  });
});

test.each([
  ['none', ['net', 'fs', 'timers'], ['setTimeout', 'setImmediate', 'Date']],
  ['no-clock', ['net', 'timers'], ['setTimeout', 'setImmediate', 'Date']],
  ['clock', [], ['setTimeout', 'Date']],
  ['any', [], []],
] as const)('a room of world %s may not use %j and %j', (world, modules, globals) => {
  expect(bannedModules(world)).toEqual(expect.arrayContaining([...modules]));
  expect(bannedGlobals(world)).toEqual(expect.arrayContaining([...globals]));
  expect(bannedGlobals(world)).not.toContain('queueMicrotask');
});
