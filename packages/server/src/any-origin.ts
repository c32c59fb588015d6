import { isSameOrigin } from '@sokker/handshake';
import type { ServerRequest } from './decision.js';
import { printable } from './printable.js';

let isSaid = false;

/**
 * Says once that `origin: 'any'` has let in what it is not for: a page of another origin, with cookies, which browsers send
 * by themselves. Where users are known by them, any page may act in the name of who visits it (RFC 6455 §10.2).
 */
export function warnOfAnyOrigin(request: ServerRequest): void {
  const { origin, headers } = request;
  if (isSaid || origin === null || !headers.has('cookie') || isSameOrigin(request)) return;
  isSaid = true;
  process.emitWarning(`origin: 'any' has let in a page of ${printable(origin)} that sent cookies`, {
    type: 'SokkerWarning',
    code: 'SOKKER_ANY_ORIGIN',
    detail: [
      "Where cookies tell who a user is, any page can act in a user's name. List the origins that may connect; where",
      'cookies do not matter, origin: () => true lets everyone in without this warning. Behind a proxy that changes Host,',
      'pages of the same origin look like this too, unless trustedProxies has its address and it says X-Forwarded-Host.',
    ].join(' '),
  });
}
