import { Gate } from '../src/gate.js';
import { ManualClock } from '@sokker/testkit';

test('places are per address and in all, and are given back', () => {
  const options = { maxConnections: 3, maxConnectionsPerAddress: 2, maxHandshakesPerSecond: Infinity };
  const gate = new Gate(options, new ManualClock());
  const enter = (address?: string): string | undefined => gate.enter(address)?.code;
  expect([enter('2001:db8::1'), enter('2001:db8::2'), enter('2001:db8::3'), enter('192.0.2.1'), enter()]).toEqual([
    undefined,
    undefined,
    'ERR_SOKKER_TOO_MANY_FROM_ADDRESS',
    undefined,
    'ERR_SOKKER_TOO_MANY_CONNECTIONS',
  ]);
  gate.leave('2001:db8::2');
  expect([enter('192.0.2.1'), enter()]).toEqual([undefined, 'ERR_SOKKER_TOO_MANY_CONNECTIONS']);
});

test('handshakes come back with time', () => {
  const clock = new ManualClock();
  const options = { maxConnections: Infinity, maxConnectionsPerAddress: Infinity, maxHandshakesPerSecond: 2 };
  const gate = new Gate(options, clock);
  const enter = (): string | undefined => gate.enter(undefined)?.code;
  expect([enter(), enter(), enter()]).toEqual([undefined, undefined, 'ERR_SOKKER_TOO_MANY_HANDSHAKES']);
  clock.advance(500);
  expect([enter(), enter()]).toEqual([undefined, 'ERR_SOKKER_TOO_MANY_HANDSHAKES']);
});
