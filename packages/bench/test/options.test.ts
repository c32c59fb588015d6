import { ALL_ROWS } from '../src/bench.js';
import { parseOptions } from '../src/options.js';
import { PEER_NAMES } from '../src/peers.js';

test('without options everything is measured and written', () => {
  const options = parseOptions([]);
  expect(options).toMatchObject({ quick: false, json: false, writes: true, peers: PEER_NAMES });
  expect(options.only.test('anything')).toBe(true);
});

test.each([[['--only', '^echo', '--peers', 'ws,bun', '--quick']], [['--quick', '--peers=ws,bun', '--only=^echo']]])(
  '%j',
  (args) => {
    const options = parseOptions(args);
    expect(options).toMatchObject({ quick: true, peers: ['ws', 'bun'] });
    expect(options.only.source).toBe('^echo');
  },
);

test.each([[['--quick']], [['--json']], [['--peers', 'ws']], [['--peers=']]])('%j writes nothing', (args) => {
  expect(parseOptions(args).writes).toBe(false);
  expect(parseOptions(['--only', '^echo']).writes).toBe(true);
});

test.each([
  [['--frobnicate'], /unknown option "--frobnicate"/],
  [['--peers', 'uws'], /unknown peer "uws"/],
  [['--only'], /--only needs a value/],
  [['--only', '('], /regular expression/],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});

test('every row has a name of its own, and every bar is against someone it measures', () => {
  expect(new Set(ALL_ROWS.map(({ id }) => id)).size).toBe(ALL_ROWS.length);
  for (const row of ALL_ROWS) {
    const contestants: readonly string[] = row.peers;
    for (const { against, atMost, aim } of row.bars) {
      expect(contestants).toContain(against);
      expect(aim).toBeLessThanOrEqual(atMost);
    }
  }
});
