/** Judges what came back from who echoes messages, and answers Pings and Closes. */
import type { Expectation, FixtureEvent, FrameFixture } from '../fixture.js';
import { fairly } from '../frame-verdict.js';
import { eventLine } from '../received-event.js';
import type { WireFinding } from './result.js';

/** What one play of a fixture showed. */
export interface Seen {
  readonly messages: readonly string[];
  readonly pongs: readonly string[];
  readonly close: number | null | undefined;
  readonly wrong: string | undefined;
  /** It has ended or lost TCP. */
  readonly hasEnded: boolean;
  /** It answered a Ping behind the fixture's bytes. */
  readonly goesOn: boolean;
  /** It had not failed behind the byte at which it must have, or not in time. */
  readonly isLate: boolean;
  /** It was played one byte at a time. */
  readonly byteByByte: boolean;
}

/** What is wrong: nothing, if it fits the expectation or one of the alternatives. */
export function judgeEchoes(fixture: FrameFixture, seen: Seen): readonly WireFinding[] {
  return fairly(fixture, judgeAll(fixture, seen));
}

function judgeAll({ expect, alternatives = [] }: FrameFixture, seen: Seen): readonly WireFinding[] {
  if (seen.wrong !== undefined) return [{ deviation: 'events', text: `sent ${seen.wrong}` }];
  if (alternatives.some((other) => judge(other, seen).length === 0)) return [];
  return judge(expect, seen);
}

function judge(expect: Expectation, seen: Seen): readonly WireFinding[] {
  const ending = expect.closeCode === null ? judgeLife(expect, seen) : judgeFailure(expect, seen);
  const isCut = expect.closeCode !== null || expect.events.some(({ type }) => type === 'close');
  return [...ending, ...judgeMessages(expect.events, seen.messages, isCut), ...judgePongs(expect.events, seen, isCut)];
}

function judgeFailure({ closeCode, detectAt }: Expectation, seen: Seen): readonly WireFinding[] {
  const hasFailed = seen.close !== undefined || seen.hasEnded;
  if (!hasFailed) return [{ deviation: 'accepts', text: `did not fail, expected ${closeCode}` }];
  const findings: WireFinding[] = [];
  if (seen.isLate)
    findings.push({ deviation: 'late', text: `failed, but not yet at byte ${detectAt}, where that is knowable` });
  if (seen.close !== closeCode && !isLost(seen)) {
    const text =
      seen.close === undefined ? 'ended TCP without a Close' : `closed with ${seen.close ?? 'an empty Close'}`;
    findings.push({ deviation: 'close code', text: `${text}, expected ${closeCode}` });
  }
  return findings;
}

/** Where bytes come behind its end TCP is reset, and a Close may be lost with it. */
function isLost({ close, hasEnded, byteByByte }: Seen): boolean {
  return close === undefined && hasEnded && byteByByte;
}

/** The codes that say that something of ours was wrong (RFC 6455 §7.4.1). */
const FAILURES: readonly unknown[] = [1002, 1003, 1007, 1008, 1009, 1010, 1011];

function judgeLife({ events }: Expectation, seen: Seen): readonly WireFinding[] {
  const { close, hasEnded, goesOn } = seen;
  const said = events.find((event) => event.type === 'close');
  const refused = (text: string): readonly WireFinding[] => [{ deviation: 'refuses', text: `${text} on legal bytes` }];
  if (said === undefined) {
    if (close !== undefined) return refused(`closed with ${close ?? 'an empty Close'}`);
    if (hasEnded) return refused('ended TCP');
    return goesOn ? [] : [{ deviation: 'events', text: 'did not answer a Ping behind it all' }];
  }
  if (isLost(seen)) return [];
  if (close === undefined) {
    return [{ deviation: 'events', text: `${hasEnded ? 'ended TCP without answering' : 'did not answer'} a Close` }];
  }
  // The code is typically that of the Close that is answered (RFC 6455 §5.5.1); one that was sent says that we were wrong.
  if (FAILURES.includes(close) && close !== said.code) return refused(`closed with ${close}`);
  return maySend(close) ? [] : [{ deviation: 'close code', text: `answered a Close with ${close}` }];
}

/** RFC 6455 §7.4; an empty Close says nothing. */
function maySend(code: number | null): boolean {
  if (code === null || (code >= 3000 && code <= 4999)) return true;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}

/** The messages that are to come back, as lines. */
export function messagesOf(events: readonly FixtureEvent[]): readonly string[] {
  return events.filter(({ type }) => type === 'text' || type === 'binary').map(eventLine);
}

/** Of Pings that come together, the last alone must be answered (RFC 6455 §5.5.3): its payload, in hexadecimal digits. */
export function lastPingOf(events: readonly FixtureEvent[]): string | undefined {
  return events.flatMap((event) => (event.type === 'ping' ? event.hex : [])).at(-1);
}

/** @param isCut whether the connection ends, so that an application's echo may come too late */
export function judgeMessages(
  events: readonly FixtureEvent[],
  messages: readonly string[],
  isCut: boolean,
): readonly WireFinding[] {
  const expected = messagesOf(events);
  const wanted = isCut ? expected.slice(0, messages.length) : expected;
  if (messages.length === wanted.length && messages.every((line, at) => line === wanted[at])) return [];
  return [{ deviation: 'events', text: `echoed ${list(messages)}, expected ${list(expected)}` }];
}

function judgePongs(events: readonly FixtureEvent[], seen: Seen, isCut: boolean): readonly WireFinding[] {
  const last = lastPingOf(events);
  if (isCut || last === undefined || seen.pongs.includes(last)) return [];
  return [{ deviation: 'events', text: `Pongs ${list(seen.pongs)}, expected one for ${list([last])}` }];
}

function list(lines: readonly string[]): string {
  return `[${lines.map((line) => (line.length > 80 ? `${line.slice(0, 80)}…` : line)).join(', ')}]`;
}
