/* Whether a Pong is late where a burst of messages came before it, whatever a socket makes of the burst. */
import { ManualClock } from '@sokker/testkit';
import { Watch } from '../src/watch.js';

test.each([
  ['some of what has come is still handed on, none is late', true],
  ['all that has come was handed on, one is', false],
])('while %s', (_what, behind) => {
  const clock = new ManualClock();
  const vitals = { bytesReceived: 9, messagesReceived: 1, messagesSent: 0, stops: 0, written: true, reading: true };
  const connection = { state: 'open', vitals: () => ({ ...vitals, behind }), probe: () => Promise.resolve(1) };
  const sink = { onUnresponsive: jest.fn() };
  const options = { pingIntervalMs: 1000, maxMissedPings: 1, idleTimeoutMs: Infinity, messageTimeoutMs: Infinity };
  const watches = { clock, options, sink, again: () => undefined, onLatency: () => undefined };
  const watch = new Watch<unknown>(connection as never, watches as never, clock.now(), Infinity);
  for (let look = 0; look < 3; look++) {
    clock.advance(1000);
    watch.onDue();
  }
  expect(sink.onUnresponsive.mock.calls.length > 0).toBe(!behind);
});
