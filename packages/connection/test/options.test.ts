import {
  CONNECTION_OPTIONS,
  ConnectionSettings,
  MAX_TIMER_MS,
  type ConnectionOptions,
  type LimitOptions,
} from '../src/index.js';
import { ManualClock } from '@sokker/testkit';
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
  // So that no other is in its way.
  const wide = name === 'maxBufferedBytes' ? {} : { highWaterMarkBytes: Infinity, maxBufferedBytes: Infinity };
  const make = (value: unknown) => (): unknown => new ConnectionSettings({ role: 'server', ...wide, [name]: value });
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

describe('what may wait to be sent', () => {
  const KIB = 1024;
  test.each<[string, LimitOptions, [low: number, high: number, max: number]]>([
    ['nothing given', {}, [16 * KIB, 64 * KIB, 1024 * KIB]],
    ['a smaller bound: the marks give way', { maxBufferedBytes: 8 * KIB }, [2 * KIB, 8 * KIB, 8 * KIB]],
    ['a smaller high mark: the low one gives way', { highWaterMarkBytes: 1 }, [0, 1, 1024 * KIB]],
    ['a larger high mark', { highWaterMarkBytes: 512 * KIB }, [16 * KIB, 512 * KIB, 1024 * KIB]],
    [
      'all equal as far as they may be',
      { lowWaterMarkBytes: 8, highWaterMarkBytes: 9, maxBufferedBytes: 9 },
      [8, 9, 9],
    ],
    ['no bounds', { highWaterMarkBytes: Infinity, maxBufferedBytes: Infinity }, [16 * KIB, Infinity, Infinity]],
  ])('%s', (_, given, [lowWaterMarkBytes, highWaterMarkBytes, maxBufferedBytes]) => {
    const settings = new ConnectionSettings({ role: 'server', ...given });
    expect(settings).toMatchObject({ lowWaterMarkBytes, highWaterMarkBytes, maxBufferedBytes });
  });

  test.each<[LimitOptions, string]>([
    [{ lowWaterMarkBytes: 9, highWaterMarkBytes: 9 }, 'lowWaterMarkBytes (9) must be below highWaterMarkBytes (9)'],
    [{ lowWaterMarkBytes: 70_000 }, 'lowWaterMarkBytes (70000) must be below highWaterMarkBytes (65536)'],
    [{ lowWaterMarkBytes: 9, maxBufferedBytes: 9 }, 'lowWaterMarkBytes (9) must be below highWaterMarkBytes (9)'],
    [{ highWaterMarkBytes: 9, maxBufferedBytes: 8 }, 'highWaterMarkBytes (9) must not be above maxBufferedBytes (8)'],
    [{ highWaterMarkBytes: 2 ** 21 }, 'highWaterMarkBytes (2097152) must not be above maxBufferedBytes (1048576)'],
  ])('refused, both named: %j', (given, message) => {
    const make = (): unknown => new ConnectionSettings({ role: 'server', ...given }, 'Whoever asks');
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION', message: `Whoever asks: ${message}` }));
  });
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
