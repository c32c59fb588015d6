import { ConnectionSettings } from '../src/index.js';
import { Rates } from '../src/rates.js';
import { ManualClock } from '@sokker/testkit';

test('nothing is made where nothing is bounded', () => {
  expect(Rates.of(new ConnectionSettings({ role: 'server' }))).toBeUndefined();
});

test('messages and control frames are counted apart', () => {
  const clock = new ManualClock();
  const settings = new ConnectionSettings({ role: 'server', clock, maxMessagesPerSecond: 2 });
  const rates = Rates.of(settings);
  for (let i = 0; i < 1000; i++) rates?.takeControlFrame();
  rates?.takeMessage();
  rates?.takeMessage();
  expect(() => rates?.takeMessage()).toThrow(
    expect.objectContaining({ code: 'ERR_SOKKER_MESSAGE_RATE', closeCode: 1008, limit: 2, actual: 3 }),
  );
  clock.advance(500);
  rates?.takeMessage();
  expect(() => rates?.takeMessage()).toThrow();
});
