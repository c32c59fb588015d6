/** The closing handshake as values: who says what in which order, and what is left to report. */
import { Closing } from '../src/closing.js';
import type { CloseRecord } from '../src/index.js';
import { ManualClock } from '@sokker/testkit';

type Step = (closing: Closing) => void;

const ours: Step = (it) => it.sendClose({ code: 4000, reason: 'ours' });
const theirs: Step = (it) => it.receiveClose({ code: 4001, reason: 'theirs' });
const fault: Step = (it) => it.fail(new Error('fault'), 'us', 1011);
const broken: Step = (it) => it.fail(new Error('broken'), 'network');
const gone: Step = (it) => it.lose('peer');
const dropped: Step = (it) => it.lose('us');

test.each<[string, Step[], Partial<CloseRecord>]>([
  ['nothing was said', [], { code: 1006, clean: false, by: 'network', phase: 'open' }],
  ['we, then they', [ours, theirs], { code: 4001, reason: 'theirs', clean: true, by: 'us', phase: 'open' }],
  ['they, then we', [theirs, ours], { code: 4001, reason: 'theirs', clean: true, by: 'peer', phase: 'open' }],
  ['we, and no answer', [ours], { code: 1006, reason: '', clean: false, by: 'us', phase: 'closing' }],
  ['they, and no answer', [theirs], { code: 4001, clean: false, by: 'peer', phase: 'open' }],
  ['a fault of ours, and the Close that says so', [fault, ours], { code: 4000, clean: false, by: 'us', phase: 'open' }],
  ['a fault of ours, unsaid', [fault], { code: 1011, clean: false, by: 'us', phase: 'open' }],
  ['a fault after our Close', [ours, fault, theirs], { code: 4001, clean: false, by: 'us', phase: 'closing' }],
  ['a fault of the network', [broken], { code: 1006, clean: false, by: 'network', phase: 'open' }],
  ['the network fails while we close', [ours, broken], { code: 1006, clean: false, by: 'us', phase: 'closing' }],
  ['the peer goes without a word', [gone], { code: 1006, clean: false, by: 'peer', phase: 'open' }],
  ['it goes behind a fault', [fault, ours, gone], { code: 4000, clean: false, by: 'us', phase: 'open' }],
  ['dropped when all was said', [ours, theirs, dropped], { code: 4001, clean: true, by: 'us', phase: 'open' }],
])('%s', (_, steps, record) => {
  const closing = new Closing(new ManualClock());
  expect(closing.state).toBe('open');
  for (const step of steps) step(closing);
  expect(closing.state).toBe(steps.length === 0 ? 'open' : 'closing');
  expect(closing.finish(true)).toMatchObject(record);
  expect(closing.state).toBe('closed');
});

describe('a record with 1006 says why, unless it was our own doing', () => {
  const lost = 'ERR_SOKKER_CONNECTION_LOST';
  test.each<[string, Step[], string | undefined]>([
    ['nothing was said', [], lost],
    ['the peer goes without a word', [gone], lost],
    ['the peer goes in place of an answer', [ours, gone], lost],
    ['we, and no answer', [ours], lost],
    ['we drop it', [dropped], undefined],
    ['we drop it, and it goes', [dropped, gone], undefined],
    ['we drop it while we close', [ours, dropped], undefined],
    ['they, and no answer', [theirs], undefined],
    ['they, and we drop it', [theirs, dropped], undefined],
    ['we, then they', [ours, theirs], undefined],
  ])('%s', (_, steps, code) => {
    const closing = new Closing(new ManualClock());
    for (const step of steps) step(closing);
    const record = closing.finish(true);
    expect(record.error?.code).toBe(code);
    expect('error' in record).toBe(code !== undefined);
  });
});

test('the first error stands', () => {
  const closing = new Closing(new ManualClock());
  fault(closing);
  broken(closing);
  expect(closing.finish(true).error?.message).toBe('fault');
});

test.each([
  ['the socket goes', []],
  ['we drop it', [dropped]],
])('a Close that has not left makes no clean end: %s', (_, steps) => {
  const closing = new Closing(new ManualClock());
  for (const step of [ours, theirs, ...steps]) step(closing);
  expect(closing.finish(false)).toMatchObject({ code: 4001, clean: false, by: 'us', phase: 'closing' });
});

test('what fails because of an error that was told is not told again', () => {
  const closing = new Closing(new ManualClock());
  const told: string[] = [];
  const tell = (error: Error): void => closing.tell(error, () => told.push(error.message));
  const first = new Error('first');
  for (const error of [first, first, new Error('its echo', { cause: first }), new Error('second')]) tell(error);
  expect(told).toEqual(['first', 'second']);
});

test('sent and shaken', () => {
  const closing = new Closing(new ManualClock());
  expect([closing.sent, closing.shaken]).toEqual([false, false]);
  ours(closing);
  expect([closing.sent, closing.shaken]).toEqual([true, false]);
  theirs(closing);
  expect([closing.sent, closing.shaken]).toEqual([true, true]);
});

const still = (): number => 0;

test('one timer, the first; none is left when it is over', () => {
  const clock = new ManualClock();
  const closing = new Closing(clock);
  const calls: string[] = [];
  closing.startTimer(100, still, still, () => calls.push('first'));
  closing.startTimer(10, still, still, () => calls.push('second'));
  clock.advance(50);
  expect([calls, clock.pending]).toEqual([[], 1]);
  clock.advance(50);
  expect(calls).toEqual(['first']);
  const other = new Closing(clock);
  other.startTimer(100, still, still, () => calls.push('never'));
  other.finish(true);
  clock.advance(1000);
  expect([calls, clock.pending]).toEqual([['first'], 0]);
});

describe('the time begins anew', () => {
  const MS = 100;

  function begun(untaken = still, sent = still): { clock: ManualClock; closing: Closing; expired: jest.Mock } {
    const clock = new ManualClock();
    const closing = new Closing(clock);
    const expired = jest.fn();
    closing.startTimer(MS, untaken, sent, expired);
    return { clock, closing, expired };
  }

  test('where something has moved, for twelve times as long where that is little', () => {
    const { clock, closing, expired } = begun();
    let rounds = 0;
    for (; expired.mock.calls.length === 0; rounds++) {
      clock.advance(MS - 1);
      closing.moved(1);
    }
    // The thirteenth comes too late to count.
    expect(rounds).toBe(14);
  });

  test.each([64 * 1024, Infinity])('for as long as it is much: %d', (bytes) => {
    const { clock, closing, expired } = begun();
    for (let round = 0; round < 100; round++) {
      clock.advance(MS - 1);
      closing.moved(bytes);
    }
    expect(expired).not.toHaveBeenCalled();
    clock.advance(MS);
    expect(expired).toHaveBeenCalledTimes(1);
    closing.moved(bytes);
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['little, for twelve times as long', 1, 12],
    ['much, for as long as it lasts', 64 * 1024, 41],
  ])('where what the socket has leaves: %s', (_, bytes, times) => {
    let sent = 0;
    const { clock, expired } = begun(still, () => sent);
    let rounds = 0;
    for (; expired.mock.calls.length === 0; rounds++) {
      sent = Math.min(40 * bytes, sent + bytes);
      clock.advance(MS);
    }
    expect(rounds).toBe(times);
  });

  test('not where nothing leaves any more', () => {
    let sent = 1000;
    const { clock, expired } = begun(still, () => (sent -= 100));
    clock.advance(MS);
    expect(expired).toHaveBeenCalledTimes(1);
  });

  test('where a message is being taken', () => {
    let untaken = 3;
    const { clock, expired } = begun(() => untaken);
    while (untaken > 0) {
      untaken--;
      clock.advance(MS);
    }
    clock.advance(MS - 1);
    expect(expired).not.toHaveBeenCalled();
    clock.advance(1);
    expect(expired).toHaveBeenCalledTimes(1);
  });

  test('not once it has ended', () => {
    const { clock, closing, expired } = begun();
    closing.finish(true);
    closing.moved(Infinity);
    expect(clock.pending).toBe(0);
    clock.advance(MS);
    expect(expired).not.toHaveBeenCalled();
  });
});
