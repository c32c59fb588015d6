/** Runs family F: the negotiation of permessage-deflate. */
import { readParameters, type AnsweredParameters } from './answered-parameters.js';
import { passOn } from './arguments.js';
import type { NegotiationExpectation, NegotiationFixture } from './fixture.js';
import { registerFixtures, type Adapter, type TestFunction } from './runner.js';

/** The adapter to write. A side that is not implemented says so through `pending`. */
export interface NegotiationImplementation extends Adapter<NegotiationFixture> {
  /** Server with every parameter of permessage-deflate: answers these `Sec-WebSocket-Extensions` lines. */
  answer(offer: readonly string[]): NegotiationAnswer | Promise<NegotiationAnswer>;
  /** Client that sent this offer: throws when the connection must fail for the answer. */
  confirm(offer: string, answer: readonly string[]): void | Promise<void>;
}

/** The status, and the value of `Sec-WebSocket-Extensions` where the answer has one. */
export interface NegotiationAnswer {
  readonly status: number;
  readonly extensions: string | undefined;
}

/** Registers one test per fixture. */
export function runNegotiationFixtures(
  implementation: NegotiationImplementation,
  test: TestFunction,
  fixtures: readonly NegotiationFixture[],
): void {
  registerFixtures(fixtures, implementation, test, (fixture) => compareNegotiation(implementation, fixture));
}

/** Judges an implementation on one fixture; nothing wrong is an empty list. */
export async function compareNegotiation(
  implementation: NegotiationImplementation,
  { offer, answer, expect }: NegotiationFixture,
): Promise<readonly string[]> {
  if (answer === null) return judgeAnswered(expect, await implementation.answer(offer));
  try {
    await implementation.confirm(offer.join(', '), answer);
  } catch (error) {
    passOn(error);
    return expect.accepts ? [`failed: ${String(error)}`] : [];
  }
  return expect.accepts ? [] : ['opened'];
}

function judgeAnswered(expect: NegotiationExpectation, { status, extensions }: NegotiationAnswer): readonly string[] {
  if (status !== expect.httpStatus) return [`answered ${status}, expected ${expect.httpStatus}`];
  const accepted = extensions !== undefined;
  if (accepted !== expect.accepts) return [accepted ? `accepted as ${extensions}` : 'not accepted'];
  return accepted ? judgeParameters(expect, extensions) : [];
}

function judgeParameters({ requires, forbids, atMost }: NegotiationExpectation, value: string): readonly string[] {
  const [name = '', ...parts] = value.trim().split(/[ \t]*;[ \t]*/);
  if (name !== 'permessage-deflate') return [`answered ${name}`];
  const { parameters, problems: illegal } = readParameters(parts);
  if (illegal.length > 0) return illegal.map((problem) => `${problem} in ${value}`);
  const problems: string[] = [];
  for (const [key, wanted] of Object.entries(requires)) {
    const answered = parameters.get(key);
    if (answered !== wanted) problems.push(`${key} is ${answered ?? 'absent'} in ${value}`);
  }
  for (const key of forbids) if (parameters.has(key)) problems.push(`${key} must not be in ${value}`);
  for (const [key, most] of Object.entries(atMost)) problems.push(...judgeWindow(key, most, parameters, value));
  return problems;
}

/** An answer to `server_max_window_bits` must have it (RFC 7692 §7.1.2.1); `client_max_window_bits` may be absent. */
function judgeWindow(key: string, most: number, parameters: AnsweredParameters, value: string): string[] {
  if (!parameters.has(key)) return key.startsWith('server') ? [`${key} is absent in ${value}`] : [];
  return Number(parameters.get(key)) <= most ? [] : [`${key} is over ${most} in ${value}`];
}
