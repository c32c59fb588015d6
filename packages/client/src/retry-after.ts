import type { HeaderFields } from '@sokker/handshake';
import { httpDateMs } from './clock.js';

const DIGITS = '0123456789';

/**
 * How long a response asks to wait (RFC 9110 §10.2.3): milliseconds; undefined where it does not, or not in a form we
 * can read. A date is compared with the response's own Date, so that no clock has to be right but the server's.
 */
export function retryAfterMs(headers: HeaderFields): number | undefined {
  const value = headers.only('retry-after')?.trim() ?? '';
  if (value === '') return undefined;
  if (Array.from(value).every((character) => DIGITS.includes(character))) return Number(value) * 1000;
  const delay = httpDateMs(value) - httpDateMs(headers.only('date') ?? '');
  return Number.isNaN(delay) ? undefined : Math.max(0, delay);
}
