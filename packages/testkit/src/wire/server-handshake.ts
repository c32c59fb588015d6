/** Plays opening handshakes and offers of extensions (families F and G, role server) to a server, over its own sockets. */
import { fieldOf, judgeAnswer } from '../answer.js';
import type { HandshakeFixture, NegotiationFixture } from '../fixture.js';
import { bytesOf } from '../hex.js';
import { compareNegotiation } from '../negotiation-runner.js';
import { readSentFrames } from '../sent-frames.js';
import type { Address } from './address.js';
import { judgeMessages } from './echo-verdict.js';
import type { Link } from './link.js';
import { openedOn } from './opened.js';
import { answerOf, requestFor, type Answer } from './opening.js';
import { cutBy, found, pendingFor, type Verdict, type WireFinding } from './result.js';
import type { Subject } from './subject.js';

/** Plays a request whole, and again one byte at a time. */
export async function playHandshake(subject: Subject, fixture: HandshakeFixture): Promise<Verdict> {
  const request = requestOf(subject.address, fixture);
  if (request === undefined) return pendingFor('asks for another path');
  const findings: WireFinding[] = [];
  for (const byteByByte of [false, true]) {
    findings.push(...cutBy(byteByByte, await judgeRequest(subject, fixture, request, byteByByte)));
  }
  return found(findings);
}

/** The path that the fixtures ask for, as a path of its own or behind an authority. */
const CHAT = /(?<=^[A-Z]+ (?:http:\/\/example\.com)?)\/chat(?=[ ?#])/im;
const HOST = /^Host: example\.com(?=\r$)/im;

/** The fixture's request, for the path and the host of this server; `undefined` where that would be another fixture. */
function requestOf({ target, authority }: Address, { id, request, expect }: HandshakeFixture): string | undefined {
  const [path = '', query] = target.split('?', 2);
  const isOpening = expect.httpStatus === 101;
  if (isOpening && !CHAT.test(request)) return undefined;
  // A query of the fixture's own would end it.
  const wanted = query === undefined || request.includes('/chat?') ? path : target;
  const asked = request.replace(CHAT, () => wanted);
  return id.startsWith('handshake/host/') ? asked : asked.replace(HOST, () => `Host: ${authority}`);
}

async function judgeRequest(
  subject: Subject,
  fixture: HandshakeFixture,
  request: string,
  byteByByte: boolean,
): Promise<readonly WireFinding[]> {
  const link = await subject.dial();
  try {
    const bytes = Buffer.concat([Buffer.from(request, 'latin1'), bytesOf(fixture.after)]);
    if (byteByByte) await link.trickle(bytes, () => link.ended);
    else link.write(bytes);
    // A request that is not whole has no answer; one that is refused in silence takes its time.
    const isWhole = fixture.expect.httpStatus !== null;
    const answer = await answerOf(link, isWhole ? subject.timeoutMs : subject.patienceMs);
    // The status of a refusal is the server's choice.
    const problems = judgeAnswer(fixture, answer.status, answer.fields, { opens: 101, anyRefusal: true });
    if (problems.length > 0 || answer.status !== 101) return classify(problems);
    return await judgeFrames(subject, link, fixture);
  } finally {
    link.destroy();
  }
}

/** What came behind the request is the first that the server reads. */
async function judgeFrames(
  { timeoutMs }: Subject,
  link: Link,
  { frames }: HandshakeFixture,
): Promise<readonly WireFinding[]> {
  const sent = readSentFrames(bytesOf(frames)).frames.map(({ frame }) => frame);
  const events = sent.flatMap((frame) => (frame.type === 'close' ? [] : frame));
  const closes = events.length < sent.length;
  const { echoes } = openedOn(link, 'server');
  await link.until(() => echoes().isOver || (!closes && echoes().messages.length >= events.length), timeoutMs);
  const { messages, close, wrong } = echoes();
  if (wrong !== undefined) return [{ deviation: 'events', text: `sent ${wrong}` }];
  if (closes && close === undefined)
    return [{ deviation: 'events', text: 'did not answer the Close behind the request' }];
  return judgeMessages(events, messages, closes);
}

/** Plays an offer. A server may decline any, and then says nothing of how it would have accepted. */
export async function playNegotiation(subject: Subject, fixture: NegotiationFixture): Promise<Verdict> {
  let answered: Answer | undefined;
  const answer = async (offer: readonly string[]) => {
    answered = await offerTo(subject, offer);
    return { status: answered.status ?? NaN, extensions: fieldOf(answered, 'sec-websocket-extensions') };
  };
  const problems = await compareNegotiation({ answer, confirm: () => {} }, fixture);
  if (problems.includes(DECLINED)) return pendingFor('declines the offer');
  const isRefusal = answered?.status !== 101 && fixture.expect.httpStatus !== 101;
  return found(isRefusal ? [] : classify(problems));
}

/** What {@link compareNegotiation} says of an offer that was declined. */
const DECLINED = 'not accepted';

async function offerTo(subject: Subject, offer: readonly string[]): Promise<Answer> {
  const link = await subject.dial();
  try {
    link.write(requestFor(subject.address, offer));
    return await answerOf(link, subject.timeoutMs);
  } finally {
    link.destroy();
  }
}

/** Sorts a handshake's problems by what they lead to: an open connection that must not be, none where one should be. */
export function classify(problems: readonly string[]): readonly WireFinding[] {
  return problems.map((text) => {
    const [, actual, expected] = /^answered (\S+), expected (\S+)$/.exec(text) ?? [];
    if (actual === '101' || text === 'opened' || text.startsWith('sent ') || text.startsWith('accepted')) {
      return { deviation: 'accepts', text };
    }
    const refuses = expected === '101' || text.startsWith('failed: ') || text.startsWith('refused: ');
    return { deviation: refuses || text === DECLINED ? 'refuses' : 'answer', text };
  });
}
