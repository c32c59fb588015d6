/** What a listener can do wrong, where, and what must come of it. */
import type { ServerConnection } from '@sokker/server';

/** Events of the server, its upgrade function, and events of a connection. */
export const PLACES = [
  'upgrade',
  'listening',
  'connection',
  'message',
  'stream',
  'slow',
  'close',
  'error',
  'its message',
  'its ping',
  'its pong',
  'its drain',
  'its close',
  'its error',
] as const;
export type Place = (typeof PLACES)[number];

export const MISDEEDS = ['throw', 'reject', 'destroy', 'close', 'send again', 'never settle'] as const;
export type Misdeed = (typeof MISDEEDS)[number];

export const OWN_CODE = 4001;

/**
 * What the victim may see: a close code, the status of a refusal, or `lives`. `none`: there is no victim.
 */
export function expectedOf(place: Place, misdeed: Misdeed): readonly string[] {
  if (place === 'listening') return ['none'];
  if (place === 'upgrade') return FOR_UPGRADE[misdeed] ?? ['lives'];
  // These come when the connection is over already: it ends as it would have.
  if (place === 'close' || place === 'its close') return ['1000'];
  if (place === 'error' || place === 'its error') return misdeed === 'destroy' ? ['1002', '1006'] : ['1002'];
  return FOR_OPEN[misdeed];
}

const FOR_UPGRADE: Partial<Record<Misdeed, readonly string[]>> = {
  throw: ['500'],
  reject: ['500'],
  'never settle': ['504'],
};

const FOR_OPEN: Record<Misdeed, readonly string[]> = {
  throw: ['1011'],
  reject: ['1011'],
  destroy: ['1006'],
  close: [String(OWN_CODE)],
  'send again': ['lives'],
  'never settle': ['lives'],
};

/** Does what it was armed with, once, at the place it was armed for. */
export class Trap {
  #armed: { readonly place: Place; readonly misdeed: Misdeed } | undefined;
  sprung = 0;

  arm(place: Place, misdeed: Misdeed): void {
    this.#armed = { place, misdeed };
  }

  /** What the listener answers: a promise where it is an async one. */
  at(place: Place, connection?: ServerConnection): unknown {
    if (this.#armed?.place !== place) return undefined;
    const { misdeed } = this.#armed;
    this.#armed = undefined;
    this.sprung++;
    switch (misdeed) {
      case 'throw':
        throw new Error('thrown by a listener');
      case 'reject':
        return Promise.reject(new Error('rejected by a listener'));
      case 'destroy':
        return connection?.terminate();
      case 'close':
        return void connection?.close(OWN_CODE);
      case 'send again':
        return connection?.send('again');
      case 'never settle':
        return new Promise(() => {});
    }
  }
}
