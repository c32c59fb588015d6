/** A connection whose opening handshake is over: its link, and the frames behind the head. */
import { readHead } from '../answer.js';
import type { Role } from '../fixture.js';
import { Echoes } from './echoes.js';
import type { Link } from './link.js';

export interface Opened {
  readonly link: Link;
  /** What has come behind the handshake, read as far as it has. */
  readonly echoes: () => Echoes;
}

/**
 * @param role of the endpoint under test
 * @param extensions as they were negotiated: permessage-deflate, or none
 */
export function openedOn(link: Link, role: Role, extensions = ''): Opened {
  const echoes = new Echoes(role, extensions);
  let start: number | undefined;
  return {
    link,
    echoes: () => {
      const { received } = link;
      // The head does not change any more: it is looked for once.
      if (start === undefined) {
        const head = readHead(received);
        if (head === undefined) return echoes;
        start = received.length - head.bytesBehind;
      }
      echoes.read(received.subarray(start));
      if (link.hasFlooded) echoes.wrong ??= 'more than 16 MiB';
      return echoes;
    },
  };
}
