/** Whether the bytes of a compressed fixture belong to what was negotiated (RFC 7692 §7.1): either side may ask for less. */
import type { FrameFixture, Role } from '../fixture.js';
import { bytesOf } from '../hex.js';
import { headerAt, RSV1 } from '../sent-frames.js';

/** Why a fixture does not fit what a server answered to it; a server may decline any offer. */
export function unfitFor(fixture: FrameFixture, answer: string | undefined): string | undefined {
  const [wanted] = fixture.extensions;
  if (wanted === undefined) return undefined;
  if (answer === undefined) return 'declines permessage-deflate';
  const stricter = without(parametersOf('client', answer), parametersOf('client', wanted));
  const laxer = without(parametersOf('client', wanted), parametersOf('client', answer));
  const isJudged = laxer.length === 0 || fixture.expect.closeCode === null;
  return isJudged && mayBeStricter(fixture, 'client', stricter) ? undefined : `negotiates ${answer}`;
}

/** What to answer to a client's offers, so that the fixture fits; `undefined` where that cannot be. */
export function answerTo(fixture: FrameFixture, offers: string): string | undefined {
  const [wanted] = fixture.extensions;
  if (wanted === undefined) return undefined;
  for (const offer of offers.split(',').filter((each) => /^\s*permessage-deflate\s*(?:;|$)/i.test(each))) {
    // What a client asks of its server must be answered, or the connection fails.
    const stricter = without(parametersOf('server', offer), parametersOf('server', wanted));
    if (mayBeStricter(fixture, 'server', stricter)) return [wanted, ...stricter].join('; ');
  }
  return undefined;
}

/** A single compressed message does not look back to one before, whether or not it may; the largest window is no limit. */
function mayBeStricter(fixture: FrameFixture, sender: Role, parameters: readonly string[]): boolean {
  const limits = parameters.filter((parameter) => !/_max_window_bits="?15"?$/.test(parameter));
  if (limits.length === 0) return true;
  return limits.join() === `${sender}_no_context_takeover` && codedMessages(bytesOf(fixture.hex)) < 2;
}

/** The parameters that bind what one side sends. */
function parametersOf(sender: Role, extension: string): readonly string[] {
  const parameters = extension.split(';').map((parameter) => parameter.trim().toLowerCase());
  return parameters.filter((parameter) => parameter.startsWith(`${sender}_`));
}

function without(list: readonly string[], others: readonly string[]): readonly string[] {
  return list.filter((member) => !others.includes(member));
}

function codedMessages(bytes: Buffer): number {
  let count = 0;
  for (let header = headerAt(bytes, 0); header !== undefined; header = headerAt(bytes, header.start + header.length)) {
    if ((header.flags & RSV1) !== 0) count++;
  }
  return count;
}
