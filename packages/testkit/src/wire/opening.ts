/** The opening handshake with a server under test (RFC 6455 §4.1). */
import { fieldOf, readHead, shownStatus, statusOf, type WrittenHead } from '../answer.js';
import type { Address } from './address.js';
import { ACCEPT, KEY } from './key.js';
import type { Link } from './link.js';
import { openedOn, type Opened } from './opened.js';
import type { Subject } from './subject.js';

/** What a server answered to a request. */
export interface Answer {
  /** `null`: nothing; `NaN`: what is no answer in HTTP/1.1. */
  readonly status: number | null;
  readonly fields: WrittenHead['fields'];
}

/** A connection that has opened. */
export interface OpenedServer extends Opened {
  /** The value of `Sec-WebSocket-Extensions`. */
  readonly extensions: string | undefined;
}

/** @param offer the values of the lines of `Sec-WebSocket-Extensions` */
export function requestFor({ target, authority }: Address, offer: readonly string[]): string {
  return [
    `GET ${target} HTTP/1.1`,
    `Host: ${authority}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    ...offer.map((value) => `Sec-WebSocket-Extensions: ${value}`),
    '\r\n',
  ].join('\r\n');
}

/** What has been answered after so much time at most. */
export async function answerOf(link: Link, milliseconds: number): Promise<Answer> {
  await link.until(() => readHead(link.received) !== undefined, milliseconds);
  const head = readHead(link.received);
  if (head !== undefined) return { status: statusOf(head), fields: head.fields };
  return { status: link.received.length === 0 ? null : NaN, fields: [] };
}

/** Opens a WebSocket; answers with a sentence where the server does not. */
export async function open(subject: Subject, offer: readonly string[]): Promise<OpenedServer | string> {
  const link = await subject.dial();
  link.write(requestFor(subject.address, offer));
  const answer = await answerOf(link, subject.timeoutMs);
  const extensions = fieldOf(answer, 'sec-websocket-extensions');
  const wrong = wrongOpening(answer, offer);
  if (wrong === undefined) return { ...openedOn(link, 'server', extensions), extensions };
  link.destroy();
  return wrong;
}

function wrongOpening(answer: Answer, offer: readonly string[]): string | undefined {
  if (answer.status !== 101) return `answered ${shownStatus(answer.status)} to the opening handshake`;
  if (fieldOf(answer, 'sec-websocket-accept') !== ACCEPT) {
    return 'answered 101 with another Sec-WebSocket-Accept than the key asks for';
  }
  const extensions = fieldOf(answer, 'sec-websocket-extensions');
  return extensions === undefined || offer.length > 0
    ? undefined
    : `answered with ${extensions}, which was not offered`;
}
