import { WaitingControl } from '../src/waiting-control.js';

test('Pings keep their order; of the probes the newest is left, behind them', () => {
  const waiting = new WaitingControl();
  for (const [name, probe] of [
    ['old', true],
    ['a', false],
    ['new', true],
    ['b', false],
  ] as const) {
    waiting.ping(Buffer.from(name), probe);
  }
  expect(waiting.takePings().map(String)).toEqual(['a', 'b', 'new']);
  expect(waiting.takePings()).toEqual([]);
});
