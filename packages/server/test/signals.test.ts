import { systemClock } from '@sokker/connection';
import { drainOnSignals, type DrainOptions, type DrainReport, type SignalOptions } from '@sokker/server';
import { createServer } from 'node:http';

const REPORT: DrainReport = { connections: 0, clean: 0, forced: 0, lost: 0, elapsedMs: 0 };

test('the first signal drains every server with the options given, and later ones are Node’s again', () => {
  const drains: DrainOptions[] = [];
  const server = {
    drain: (options: DrainOptions = {}): Promise<DrainReport> => {
      drains.push(options);
      return Promise.resolve(REPORT);
    },
  };
  const signals: string[] = [];
  const onSignal = (signal: string): unknown => signals.push(signal);
  drainOnSignals([server, server], { signals: ['SIGUSR2'], code: 1012, reason: 'update', spreadMs: 0, onSignal });
  expect(process.listenerCount('SIGUSR2')).toBe(1);
  process.emit('SIGUSR2', 'SIGUSR2');
  expect(drains).toEqual(
    Array.from({ length: 2 }, () => ({ code: 1012, reason: 'update', spreadMs: 0, deadlineMs: 30_000 })),
  );
  expect(signals).toEqual(['SIGUSR2']);
  expect(process.listenerCount('SIGUSR2')).toBe(0);
});

test('when all are drained, their reports are told, in order', async () => {
  const reports = [REPORT, { ...REPORT, connections: 1, clean: 1 }];
  const servers = reports.map((report) => ({ drain: () => Promise.resolve(report) }));
  const told = new Promise((onDrained) => drainOnSignals(servers, { signals: ['SIGUSR2'], onDrained }));
  process.emit('SIGUSR2', 'SIGUSR2');
  expect(await told).toEqual(reports);
});

const boom = new Error('boom');
test.each<[string, number, SignalOptions]>([
  ['onSignal', 2, { onSignal: () => { throw boom; } }], // prettier-ignore
  ['onSignal', 0, { onSignal: () => Promise.reject(boom) }],
  ['onDrained', 2, { onDrained: () => { throw boom; } }], // prettier-ignore
  ['onDrained', 2, { onDrained: () => Promise.reject(boom) }],
])('%s that fails is warned of; all are drained, %i at once', async (name, atOnce, options) => {
  const warned: unknown[][] = [];
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation((...args: unknown[]) => void warned.push(args));
  let drains = 0;
  const server = { drain: () => Promise.resolve({ ...REPORT, connections: drains++ }) };
  drainOnSignals([server, server], { signals: ['SIGUSR2'], ...options });
  process.emit('SIGUSR2', 'SIGUSR2');
  expect(drains).toBe(atOnce);
  await new Promise((resolve) => setImmediate(resolve));
  expect(drains).toBe(2);
  warn.mockRestore();
  expect(warned).toEqual([
    [`drainOnSignals: ${name} failed`, { type: 'SokkerWarning', code: 'SOKKER_UNHEARD', detail: boom.stack }],
  ]);
});

test('what onSignal answers is waited for before the drain begins, and a second signal is Node’s meanwhile', async () => {
  const drain = jest.fn(() => Promise.resolve(REPORT));
  let goOn = (): void => undefined;
  const onSignal = (): Promise<void> => new Promise((resolve) => (goOn = resolve));
  drainOnSignals({ drain }, { signals: ['SIGUSR2'], onSignal });
  process.emit('SIGUSR2', 'SIGUSR2');
  await new Promise((resolve) => setImmediate(resolve));
  expect([drain.mock.calls.length, process.listenerCount('SIGUSR2')]).toEqual([0, 0]);
  goOn();
  await new Promise((resolve) => setImmediate(resolve));
  expect(drain).toHaveBeenCalledTimes(1);
});

test('onSignal that waits for what the drain alone would end is waited for no longer than deadlineMs', async () => {
  const drain = jest.fn(() => Promise.resolve(REPORT));
  let expire = (): void => undefined;
  const timer = jest.spyOn(systemClock, 'setTimeout').mockImplementation((callback) => (expire = callback));
  drainOnSignals({ drain }, { signals: ['SIGUSR2'], onSignal: () => new Promise(() => {}), deadlineMs: 7000 });
  process.emit('SIGUSR2', 'SIGUSR2');
  await new Promise((resolve) => setImmediate(resolve));
  expect(drain).not.toHaveBeenCalled();
  expect(timer).toHaveBeenCalledWith(expire, 7000, true);
  timer.mockRestore();
  expire();
  await new Promise((resolve) => setImmediate(resolve));
  expect(drain).toHaveBeenCalledTimes(1);
});

test('a server that cannot be drained keeps none of the others from it, nor what ends with them', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const drain = jest.fn(() => Promise.resolve(REPORT));
  const broken = { drain: () => { throw boom; } }; // prettier-ignore
  const onDrained = jest.fn();
  drainOnSignals([broken, { drain }], { signals: ['SIGUSR2'], onDrained });
  process.emit('SIGUSR2', 'SIGUSR2');
  await new Promise((resolve) => setImmediate(resolve));
  expect([drain.mock.calls.length, warn.mock.calls.length]).toEqual([1, 1]);
  expect(onDrained.mock.calls).toEqual([[[REPORT]]]);
  warn.mockRestore();
});

test('a signal that is listed twice drains once', () => {
  const drain = jest.fn(() => Promise.resolve(REPORT));
  drainOnSignals({ drain }, { signals: ['SIGUSR2', 'SIGUSR2'] });
  process.emit('SIGUSR2', 'SIGUSR2');
  expect(drain).toHaveBeenCalledTimes(1);
});

test('it can be undone, and a wrong option throws', () => {
  const server = { drain: () => Promise.resolve(REPORT) };
  const before = process.listenerCount('SIGTERM');
  const undo = drainOnSignals(server);
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  undo();
  expect(process.listenerCount('SIGTERM')).toBe(before);
  expect(() => drainOnSignals(server, { signals: 'SIGTERM' as never })).toThrow('signals');
  expect(() => drainOnSignals(server, { spreadMs: 30_000 })).toThrow('spreadMs (30000) must be below deadlineMs');
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'undefined'],
  ['an object', {}, 'an object'],
  ['letters', 'server', "'server'"],
  ['a list with nothing in it', [undefined], 'undefined'],
  ['a server of node:http', createServer(), 'an object'],
])('what cannot be drained is refused at once: %s', (_, servers, shown) => {
  const before = process.listenerCount('SIGTERM');
  expect(() => drainOnSignals(servers as never)).toThrow(
    expect.objectContaining({
      name: 'UsageError',
      code: 'ERR_SOKKER_ARGUMENT',
      message: `drainOnSignals takes a SokkerServer, or an iterable of them, not ${shown}: end anything else in onDrained`,
    }) as Error,
  );
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

test.each<[string, string]>([
  ['SIGTREM', "signals must be names of signals of this system, such as 'SIGTERM', not 'SIGTREM'"],
  ['toString', "signals must be names of signals of this system, such as 'SIGTERM', not 'toString'"],
  ['SIGKILL', "signals must be such as a process can catch, not 'SIGKILL': leave it out"],
  ['SIGSTOP', "signals must be such as a process can catch, not 'SIGSTOP': leave it out"],
])('a signal that never comes is refused: %s', (signal, rule) => {
  const server = { drain: () => Promise.resolve(REPORT) };
  expect(() => drainOnSignals(server, { signals: ['SIGUSR2', signal as never] })).toThrow(
    expect.objectContaining({ code: 'ERR_SOKKER_OPTION', message: `drainOnSignals: ${rule}` }) as Error,
  );
  expect(process.listenerCount('SIGUSR2')).toBe(0);
});

test('SIGBREAK, which Windows alone sends, may be listened for anywhere', () => {
  drainOnSignals({ drain: () => Promise.resolve(REPORT) }, { signals: ['SIGBREAK'] })();
});
