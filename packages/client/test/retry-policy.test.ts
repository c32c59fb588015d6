import { ConnectionError, MAX_TIMER_MS, type CloseRecord } from '@sokker/connection';
import { HeaderFields } from '@sokker/handshake';
import fc from 'fast-check';
import { ConnectError } from '../src/errors.js';
import { retryAfterMs } from '../src/retry-after.js';
import { RetryPolicy, type Ending, type RetrySettings } from '../src/retry-policy.js';

const SETTINGS: RetrySettings = {
  minDelayMs: 500,
  maxDelayMs: 30_000,
  stableAfterMs: 10_000,
  maxRetryAfterMs: 3_600_000,
  maxAttempts: Infinity,
  finalCodes: [1002, 1008],
  finalStatuses: [401, 403, 407, 410],
  random: () => 1,
};
const failed = (error: Error = new Error('down')): Ending => ({ type: 'failed', error });
const refused = (status: number, headers: string[] = []): Ending =>
  failed(
    new ConnectError('ERR_SOKKER_DECLINED', {
      declined: { type: 'declined', status, reason: '', headers: new HeaderFields(headers) },
    }),
  );
const closed = (record: Partial<CloseRecord>, lastedMs = 0): Ending => ({
  type: 'closed',
  record: { code: 1006, reason: '', clean: false, by: 'network', phase: 'open', ...record },
  lastedMs,
});

describe('the delay', () => {
  test('doubles from half a second to thirty, at its widest', () => {
    const policy = new RetryPolicy(SETTINGS);
    const delays = Array.from({ length: 9 }, () => policy.after(failed()));
    expect(delays.map((verdict) => verdict.type === 'retry' && verdict.delayMs)).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  test('is anything from nothing to that', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(60), (chance, times) => {
        const policy = new RetryPolicy({ ...SETTINGS, random: () => chance });
        for (let index = 0; index < times; index++) policy.after(failed());
        const verdict = policy.after(failed());
        expect(verdict).toEqual({ type: 'retry', delayMs: chance * Math.min(30_000, 500 * 2 ** times) });
      }),
    );
  });

  test('goes on doubling over connections that did not last, and begins anew after one that did', () => {
    const policy = new RetryPolicy(SETTINGS);
    expect(policy.after(closed({}, 9_999))).toMatchObject({ delayMs: 500 });
    expect(policy.after(closed({}, 0))).toMatchObject({ delayMs: 1000 });
    expect(policy.after(closed({}, 10_000))).toMatchObject({ delayMs: 500 });
  });
});

describe('what asks for more', () => {
  test.each([
    ['seconds', ['Retry-After', '120'], 120_000],
    [
      'a date, by the clock of the server',
      ['Date', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Retry-After', 'Sun, 06 Nov 1994 08:50:37 GMT'],
      60_000,
    ],
    [
      'a date that is past',
      ['Date', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Retry-After', 'Sun, 06 Nov 1994 08:40:37 GMT'],
      0,
    ],
    ['a date with nothing to compare', ['Retry-After', 'Sun, 06 Nov 1994 08:50:37 GMT'], undefined],
    ['neither', ['Retry-After', 'soon'], undefined],
    ['it twice', ['Retry-After', '1', 'Retry-After', '2'], undefined],
    ['nothing', [], undefined],
  ])('Retry-After: %s', (_name, headers, expected) => {
    expect(retryAfterMs(new HeaderFields(headers))).toBe(expected);
  });

  test('Retry-After comes before the jitter, and is bounded', () => {
    expect(new RetryPolicy(SETTINGS).after(refused(503, ['Retry-After', '7']))).toMatchObject({ delayMs: 7500 });
    expect(new RetryPolicy(SETTINGS).after(refused(429, ['Retry-After', '9'.repeat(30)]))).toMatchObject({
      delayMs: 3_600_500,
    });
  });

  test('no delay is longer than a timer can be', () => {
    const policy = new RetryPolicy({ ...SETTINGS, maxDelayMs: MAX_TIMER_MS, maxRetryAfterMs: MAX_TIMER_MS });
    const verdict = policy.after(refused(503, ['Retry-After', '9'.repeat(30)]));
    expect(verdict).toEqual({ type: 'retry', delayMs: MAX_TIMER_MS });
  });

  test('1013 takes the upper half of the widest window', () => {
    for (const chance of [0, 0.5]) {
      const policy = new RetryPolicy({ ...SETTINGS, random: () => chance });
      expect(policy.after(closed({ code: 1013, by: 'peer', clean: true }))).toEqual({
        type: 'retry',
        delayMs: 15_000 + chance * 15_000,
      });
    }
  });
});

describe('who does not come back', () => {
  test.each([1002, 1008])('close code %p: the loop throws', (code) => {
    const verdict = new RetryPolicy(SETTINGS).after(closed({ code, by: 'peer', clean: true }));
    expect(verdict).toMatchObject({ type: 'give up', error: { code: 'ERR_SOKKER_FINAL_CLOSE', record: { code } } });
  });

  test.each([1000, 1001, 1005, 1006, 1011, 1012, 4000])('close code %p of the peer is no reason', (code) => {
    expect(new RetryPolicy(SETTINGS).after(closed({ code, by: 'peer', clean: true })).type).toBe('retry');
  });

  test.each([401, 403, 407, 410])('status %p: the loop throws it', (status) => {
    expect(new RetryPolicy(SETTINGS).after(refused(status))).toMatchObject({ type: 'give up', error: { status } });
  });

  test.each([404, 408, 429, 500, 502, 503])('status %p is no reason', (status) => {
    expect(new RetryPolicy(SETTINGS).after(refused(status)).type).toBe('retry');
  });

  test('both lists can be others', () => {
    const policy = new RetryPolicy({ ...SETTINGS, finalCodes: [4001], finalStatuses: [404] });
    expect(policy.after(closed({ code: 1008, by: 'peer' })).type).toBe('retry');
    expect(policy.after(closed({ code: 4001, by: 'peer' })).type).toBe('give up');
    expect(policy.after(refused(401)).type).toBe('retry');
    expect(policy.after(refused(404)).type).toBe('give up');
  });

  test('maxAttempts counts failures in a row', () => {
    const policy = new RetryPolicy({ ...SETTINGS, maxAttempts: 2 });
    const error = new Error('down');
    expect(policy.after(failed(error)).type).toBe('retry');
    policy.after(closed({}));
    expect(policy.after(failed(error)).type).toBe('retry');
    expect(policy.after(failed(error))).toEqual({ type: 'give up', error });
  });

  test.each<[string, Partial<CloseRecord>]>([
    ['in order', { clean: true, code: 1000 }],
    ['and got no answer', { phase: 'closing', error: new ConnectionError('ERR_SOKKER_CLOSE_TIMEOUT') }],
    ['and lost the server', { phase: 'closing', error: new ConnectionError('ERR_SOKKER_CONNECTION_LOST') }],
    ['and got what breaks a rule', { phase: 'closing', code: 1002, error: new Error('reserved opcode') }],
    ['and then destroyed the socket', { phase: 'closing' }],
  ])('we, where we closed %s', (_how, record) => {
    expect(new RetryPolicy(SETTINGS).after(closed({ by: 'us', ...record }))).toEqual({ type: 'stop' });
  });

  test.each<[string, Partial<CloseRecord>]>([
    ['a handler failed', { code: 1011, error: new ConnectionError('ERR_SOKKER_HANDLER') }],
    ['the server was too slow', { code: 1008, error: new ConnectionError('ERR_SOKKER_TOO_SLOW') }],
    ['it sent too much', { code: 1008, error: new ConnectionError('ERR_SOKKER_MESSAGE_RATE') }],
    ['a frame was corrupt', { code: 1002, error: new Error('reserved opcode') }],
    ['it was silent', { error: new ConnectionError('ERR_SOKKER_UNRESPONSIVE') }],
    ['the socket was destroyed on purpose', {}],
  ])('but we do where %s: no word of the server', (_why, record) => {
    expect(new RetryPolicy(SETTINGS).after(closed({ by: 'us', ...record })).type).toBe('retry');
  });
});

/** A small generator (mulberry32), so that a run can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('10 000 clients that lose one server', () => {
  test.each([0, 200, 500, 1000, 3000, 10_000, 60_000])('which is away for %i ms', (awayMs) => {
    const random = seeded(20_250_711);
    const returns = Array.from({ length: 10_000 }, () => {
      const policy = new RetryPolicy({ ...SETTINGS, random });
      let verdict = policy.after(closed({}, 60_000));
      for (let at = 0; ; verdict = policy.after(failed())) {
        at += verdict.type === 'retry' ? verdict.delayMs : NaN;
        if (at >= awayMs) return at - awayMs;
      }
    }).sort((a, b) => a - b);
    // All within 30 s, and no second takes much more than three times the mean of the time in which 95 % came.
    expect(returns.at(-1)).toBeLessThanOrEqual(30_000);
    const perSecond = new Map<number, number>();
    for (const at of returns) perSecond.set(Math.floor(at / 1000), (perSecond.get(Math.floor(at / 1000)) ?? 0) + 1);
    const mean = 9500 / Math.max(1, returns[9499]! / 1000);
    expect(Math.max(...perSecond.values()) / mean).toBeLessThanOrEqual(3.25);
  });
});
