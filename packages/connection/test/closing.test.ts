/** The closing handshake as values: who says what in which order, and what is left to report. */
import { Closing } from '../src/closing.js';
import type { CloseRecord } from '../src/index.js';
import { NEXT } from '../src/state.js';
import { ManualClock } from './manual-clock.js';

type Step = (closing: Closing) => void;

const ours: Step = (it) => it.sendClose({ code: 4000, reason: 'ours' });
const theirs: Step = (it) => it.receiveClose({ code: 4001, reason: 'theirs' });
const fault: Step = (it) => it.fail(new Error('fault'), 'us', 1011);
const broken: Step = (it) => it.fail(new Error('broken'), 'network');
const gone: Step = (it) => it.lose('peer');

test.each<[string, Step[], Partial<CloseRecord>]>([
  ['nothing was said', [], { code: 1006, clean: false, by: 'network', phase: 'open' }],
  ['we, then they', [ours, theirs], { code: 4001, reason: 'theirs', clean: true, by: 'us', phase: 'open' }],
  ['they, then we', [theirs, ours], { code: 4001, reason: 'theirs', clean: true, by: 'peer', phase: 'open' }],
  ['we, and no answer', [ours], { code: 1006, reason: '', clean: false, by: 'us', phase: 'open' }],
  ['they, and no answer', [theirs], { code: 4001, clean: false, by: 'peer', phase: 'open' }],
  ['a fault of ours, and the Close that says so', [fault, ours], { code: 4000, clean: false, by: 'us', phase: 'open' }],
  ['a fault of ours, unsaid', [fault], { code: 1011, clean: false, by: 'us', phase: 'open' }],
  ['a fault after our Close', [ours, fault, theirs], { code: 4001, clean: false, by: 'us', phase: 'open' }],
  ['a fault of the network', [broken], { code: 1006, clean: false, by: 'network', phase: 'open' }],
  ['the network fails while we close', [ours, broken], { code: 1006, clean: false, by: 'us', phase: 'open' }],
  ['the peer goes without a word', [gone], { code: 1006, clean: false, by: 'peer', phase: 'open' }],
])('%s', (_, steps, record) => {
  const closing = new Closing(new ManualClock());
  expect(closing.state).toBe('open');
  for (const step of steps) step(closing);
  expect(closing.state).toBe(steps.length === 0 ? 'open' : 'closing');
  expect(closing.finish()).toMatchObject(record);
  expect(closing.state).toBe('closed');
});

test('the first error stands', () => {
  const closing = new Closing(new ManualClock());
  fault(closing);
  broken(closing);
  expect(closing.finish().error?.message).toBe('fault');
});

test('a record without an error has no such key', () => {
  expect(Object.keys(new Closing(new ManualClock()).finish())).not.toContain('error');
});

test('sent and shaken', () => {
  const closing = new Closing(new ManualClock());
  expect([closing.sent, closing.shaken]).toEqual([false, false]);
  ours(closing);
  expect([closing.sent, closing.shaken]).toEqual([true, false]);
  theirs(closing);
  expect([closing.sent, closing.shaken]).toEqual([true, true]);
});

test('one timer, the first; none is left when it is over', () => {
  const clock = new ManualClock();
  const closing = new Closing(clock);
  const calls: string[] = [];
  closing.startTimer(100, () => calls.push('first'));
  closing.startTimer(10, () => calls.push('second'));
  clock.advance(50);
  expect([calls, clock.pending]).toEqual([[], 1]);
  clock.advance(50);
  expect(calls).toEqual(['first']);
  const other = new Closing(clock);
  other.startTimer(100, () => calls.push('never'));
  other.finish();
  clock.advance(1000);
  expect([calls, clock.pending]).toEqual([['first'], 0]);
});

test('a closed connection stays closed, an open one never skips to closed but by the end of its socket', () => {
  expect(NEXT.closed).toEqual({});
  for (const row of [NEXT.open, NEXT.closing]) {
    const toClosed = Object.entries(row).filter(([, state]) => state === 'closed');
    expect(toClosed).toEqual([['socketGone', 'closed']]);
  }
});
