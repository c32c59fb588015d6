import { CONNECTION_OPTIONS, ConnectionSettings, MAX_TIMER_MS, type ConnectionOptions } from '../src/index.js';
import { ManualClock } from './manual-clock.js';
import { scene } from './scene.js';

test('defaults', () => {
  expect(new ConnectionSettings({ role: 'server' })).toMatchObject({
    role: 'server',
    receive: 'whole',
    maxMessageBytes: 2 ** 20,
    maxFragments: Infinity,
    highWaterMarkBytes: 64 * 1024,
    lowWaterMarkBytes: 16 * 1024,
    maxBufferedBytes: 2 ** 20,
    maxMessagesPerSecond: Infinity,
    maxControlFramesPerSecond: Infinity,
    closeTimeoutMs: 5000,
  });
});

test('streams have no limit of size', () => {
  expect(new ConnectionSettings({ role: 'server', receive: 'stream', maxMessageBytes: 5 }).maxMessageBytes).toBe(
    Infinity,
  );
});

const numbers = Object.entries(CONNECTION_OPTIONS).flatMap(([name, spec]) =>
  spec.kind === 'number' ? [[name, spec] as const] : [],
);

test.each(numbers)('%s is checked: nothing is coerced', (name, { min, max, infinity }) => {
  const make = (value: unknown) => (): unknown => new ConnectionSettings({ role: 'server', [name]: value });
  for (const value of [min, max, ...(infinity ? [Infinity] : [])]) expect(make(value)).not.toThrow();
  const wrong = [
    min - 1,
    max + 1,
    min + 0.5,
    NaN,
    -Infinity,
    `${min}`,
    null,
    true,
    {},
    ...(infinity ? [] : [Infinity]),
  ];
  for (const value of wrong) {
    expect(make(value)).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_OPTION', message: expect.stringContaining(name) }),
    );
  }
});

test.each<[string, unknown]>([
  ['no options', undefined],
  ['no role', {}],
  ['a role of another kind', { role: 'peer' }],
  ['an unknown name', { role: 'server', maxMessageSize: 5 }],
  ['an unknown way to receive', { role: 'server', receive: 'frames' }],
  ['a clock that is none', { role: 'server', clock: { now: () => 0 } }],
  ['null', null],
])('refused: %s', (_, options) => {
  expect(() => new ConnectionSettings(options as ConnectionOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }),
  );
});

test('undefined is the default', () => {
  expect(new ConnectionSettings({ role: 'client', clock: undefined, receive: undefined })).toMatchObject({
    receive: 'whole',
  });
});

test('times are no longer than timers keep', () => {
  expect(MAX_TIMER_MS).toBe(2 ** 31 - 1);
});

test('a wrong option throws before anything is made', () => {
  const clock = new ManualClock();
  expect(() => scene({ clock, closeTimeoutMs: 0 })).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }));
  expect(clock.pending).toBe(0);
});
