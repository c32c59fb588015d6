// Sessions that the server need not remember: the cookie says who and until when, and a signature that we said so.
import { createHmac, timingSafeEqual } from 'node:crypto';

export const COOKIE = 'session';
export const SESSION_MS = 8 * 60 * 60 * 1000;

export interface Session {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export class Sessions {
  readonly #secret: Buffer;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(secret: Buffer, now: () => number) {
    this.#secret = secret;
    this.#now = now;
  }

  /** A session that begins now, as the value of its cookie. */
  begin(user: string): string {
    const session: Session = { user, until: this.#now() + SESSION_MS };
    const content = Buffer.from(JSON.stringify(session)).toString('base64url');
    return `${content}.${this.#sign(content).toString('base64url')}`;
  }

  /** The session in a Cookie header; undefined where there is none, it is over, or it is not ours. */
  find(cookies = ''): Session | undefined {
    const [content = '', signature = ''] = valueIn(cookies).split('.');
    const given = Buffer.from(signature, 'base64url');
    const ours = this.#sign(content);
    if (given.length !== ours.length || !timingSafeEqual(given, ours)) return undefined;
    const session = JSON.parse(Buffer.from(content, 'base64url').toString()) as Session;
    return session.until > this.#now() ? session : undefined;
  }

  #sign(content: string): Buffer {
    return createHmac('sha256', this.#secret).update(content).digest();
  }
}

function valueIn(cookies: string): string {
  const prefix = `${COOKIE}=`;
  const found = cookies.split(';').find((cookie) => cookie.trim().startsWith(prefix));
  return found?.trim().slice(prefix.length) ?? '';
}
