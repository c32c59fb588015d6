import { parseAuthority, type Authority } from './authority.js';
import { optionError } from './options.js';
import { UsageError } from './errors.js';
import type { UpgradeOffer } from './upgrade-offer.js';

/**
 * Which origins may connect (RFC 6455 §10.2).
 * - `'same'`: where an Origin is present, it names the host and port of the request, and its scheme where that is known.
 *   A request without Origin does not come from a page and passes.
 * - a list: the origins that may, `null` standing for a request without the header (the string `'null'` for that value).
 * - a function: called with the origin in lower case, or null without the header; answers true or false, not a promise.
 * - `'any'`: not looked at.
 */
export type OriginPolicy =
  'same' | 'any' | readonly (string | null)[] | ((origin: string | null, offer: UpgradeOffer) => boolean);

export type OriginJudge = (offer: UpgradeOffer) => boolean;

/** @throws UsageError `ERR_SOKKER_OPTION` for a list with what is no origin */
export function originJudge(policy: OriginPolicy): OriginJudge {
  if (policy === 'any') return () => true;
  if (policy === 'same') return isSameOrigin;
  if (typeof policy === 'function') return (offer) => asked(policy(offer.origin, offer));
  const allowed = new Set(policy.map((origin) => (origin === null ? null : listedOrigin(origin))));
  return ({ origin }) => allowed.has(origin === null ? null : normalized(origin));
}

/** A promise is truthy: an async function in this place would let everyone in. */
function asked(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  // What is wrong is told once: a promise that is rejected as well must not end the process.
  Promise.resolve(answer).catch(() => undefined);
  throw new UsageError('ERR_SOKKER_ARGUMENT', 'origin: the function must return true or false');
}

/**
 * What `'same'` asks, for functions that let in others besides: `(origin, offer) => isSameOrigin(offer) || partners.has(origin)`.
 */
export function isSameOrigin({ origin, scheme, host, port }: UpgradeOffer): boolean {
  if (origin === null) return true;
  const page = parseOrigin(origin);
  const defaultPort = DEFAULT_PORTS.get(page?.scheme ?? '');
  if (page === undefined || defaultPort === undefined) return false;
  if (scheme !== undefined && scheme !== page.scheme) return false;
  return page.host === host && (page.port ?? defaultPort) === (port ?? defaultPort);
}

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
]);

interface Origin extends Authority {
  readonly scheme: string;
}

const SEPARATOR = '://';

/** scheme "://" host [ ":" port ], RFC 6454 §7.1; undefined for `null` and for what is none. */
function parseOrigin(text: string): Origin | undefined {
  const end = text.indexOf(SEPARATOR);
  const authority = end < 1 ? undefined : parseAuthority(text.slice(end + SEPARATOR.length));
  return authority && { scheme: text.slice(0, end).toLowerCase(), ...authority };
}

/** In lower case and without a default port, so that spellings of one origin compare equal. */
function normalized(text: string): string {
  const origin = parseOrigin(text);
  if (origin === undefined) return text.toLowerCase();
  const { scheme, host, port } = origin;
  const suffix = port === undefined || port === DEFAULT_PORTS.get(scheme) ? '' : `:${port}`;
  return `${scheme}${SEPARATOR}${host}${suffix}`;
}

function listedOrigin(text: unknown): string {
  if (text === 'null') return text;
  if (typeof text === 'string' && parseOrigin(text) !== undefined) return normalized(text);
  throw optionError(
    'origin',
    "must list origins as browsers write them, 'https://example.com' without path or slash, names in ASCII; or null",
  );
}
