/** Plays responses to a client's opening handshake (family H, and F in role client). */
import type { ClientResponseFixture, FixtureEvent, NegotiationFixture } from '../fixture.js';
import { bytesOf } from '../hex.js';
import { readSentFrames } from '../sent-frames.js';
import { judgeMessages } from './echo-verdict.js';
import { ACCEPT, KEY } from './key.js';
import { openedOn } from './opened.js';
import { sentinelFor, SENTINEL_HEX, type Waits } from './play.js';
import type { WireFinding } from './result.js';
import { responseWith, type Visit } from './visitors.js';

/** What is answered, and whether the connection opens. */
export type Response = Pick<ClientResponseFixture, 'response' | 'after' | 'ends'> & {
  readonly opens: boolean;
  readonly frames: string;
};

export function responseOf({ response, after, ends, expect }: ClientResponseFixture): Response {
  return { response, after, ends, opens: expect.opens, frames: expect.frames };
}

/** A response that is right, but perhaps for the extensions in it. */
export function negotiatedBy({ answer, expect }: NegotiationFixture): Response {
  const response = responseWith(ACCEPT, answer ?? []);
  return { response, after: '', ends: false, opens: expect.accepts, frames: '' };
}

/** A client that has opened answers a Ping; one that has failed ends the connection. */
export async function playResponse(
  visit: Visit,
  { response, after, ends, opens, frames }: Response,
  byteByByte: boolean,
  { timeoutMs }: Waits,
): Promise<readonly WireFinding[]> {
  const { link } = visit;
  const { echoes } = openedOn(link, 'client');
  const bytes = Buffer.concat([Buffer.from(forVisit(visit, response), 'latin1'), bytesOf(after)]);
  const isOver = (): boolean => link.ended || echoes().isOver;
  if (byteByByte) await link.trickle(bytes, isOver);
  else link.write(bytes);
  if (ends) link.end();
  else link.write(sentinelFor({ role: 'client' }));
  const events = messagesIn(frames);
  const hasOpened = (): boolean => echoes().pongs.includes(SENTINEL_HEX);
  await link.until(() => isOver() || (hasOpened() && echoes().messages.length >= events.length), timeoutMs);
  const { wrong, messages } = echoes();
  if (wrong !== undefined) return [{ deviation: 'events', text: `sent ${wrong}` }];
  const text = judge(opens, hasOpened(), link.ended);
  if (text !== undefined) return [{ deviation: opens ? 'refuses' : 'accepts', text }];
  return opens ? judgeMessages(events, messages, false) : [];
}

/** The key of the fixtures, and what is right or wrong for it, in terms of this visit's. */
function forVisit({ key, accept }: Visit, response: string): string {
  const upper = (text: string): string => text.toUpperCase();
  return response.replaceAll(ACCEPT, accept).replaceAll(upper(ACCEPT), upper(accept)).replaceAll(KEY, key);
}

function judge(opens: boolean, hasOpened: boolean, hasEnded: boolean): string | undefined {
  if (hasOpened) return opens ? undefined : 'opened';
  if (opens) return hasEnded ? 'failed' : 'neither opened nor failed';
  return hasEnded ? undefined : 'neither opened nor failed';
}

function messagesIn(frames: string): readonly FixtureEvent[] {
  return readSentFrames(bytesOf(frames)).frames.flatMap(({ frame }) => (frame.type === 'close' ? [] : frame));
}
