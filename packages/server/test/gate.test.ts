import { Gate } from '../src/gate.js';
import { ManualClock } from '@sokker/testkit';

const UNBOUND = {
  maxConnections: Infinity,
  maxConnectionsPerAddress: Infinity,
  maxHandshakesPerSecond: Infinity,
  maxHandshakesPerSecondPerAddress: Infinity,
};

test('places are per address and in all, and are given back', () => {
  const options = { ...UNBOUND, maxConnections: 3, maxConnectionsPerAddress: 2 };
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
  const gate = new Gate({ ...UNBOUND, maxHandshakesPerSecond: 2 }, clock);
  const enter = (): string | undefined => gate.enter(undefined)?.code;
  expect([enter(), enter(), enter()]).toEqual([undefined, undefined, 'ERR_SOKKER_TOO_MANY_HANDSHAKES']);
  clock.advance(500);
  expect([enter(), enter()]).toEqual([undefined, 'ERR_SOKKER_TOO_MANY_HANDSHAKES']);
});

test('an address that has used up its own takes nothing from the others', () => {
  const clock = new ManualClock();
  const gate = new Gate({ ...UNBOUND, maxHandshakesPerSecond: 3, maxHandshakesPerSecondPerAddress: 2 }, clock);
  const enter = (address?: string): string | undefined => gate.enter(address)?.code;
  const seen = Array.from({ length: 100 }, () => enter('192.0.2.1'));
  expect(seen.slice(0, 2)).toEqual([undefined, undefined]);
  expect(new Set(seen.slice(2))).toEqual(new Set(['ERR_SOKKER_TOO_MANY_HANDSHAKES_FROM_ADDRESS']));
  expect([enter('192.0.2.2'), enter('192.0.2.2')]).toEqual([undefined, 'ERR_SOKKER_TOO_MANY_HANDSHAKES']);
  clock.advance(1000);
  expect([enter('192.0.2.1'), enter(), enter()]).toEqual([undefined, undefined, undefined]);
});

test('nor does one whose places are taken', () => {
  const gate = new Gate({ ...UNBOUND, maxHandshakesPerSecond: 3, maxConnectionsPerAddress: 1 }, new ManualClock());
  const enter = (address?: string): string | undefined => gate.enter(address)?.code;
  const seen = Array.from({ length: 100 }, () => enter('192.0.2.1'));
  expect(new Set(seen.slice(1))).toEqual(new Set(['ERR_SOKKER_TOO_MANY_FROM_ADDRESS']));
  expect([enter('192.0.2.2'), enter(), enter()]).toEqual([undefined, undefined, 'ERR_SOKKER_TOO_MANY_HANDSHAKES']);
});
