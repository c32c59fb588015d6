/**
 * Bytes as text. Plain hexadecimal digits, two a byte, lower case, so that any language's decoder reads them; only
 * payloads of many kilobytes are shortened: `69*65535` is the byte 0x69 65 535 times, a blank joins parts.
 */

const SHORTEN_FROM_BYTES = 1024;
const LONGEST_PERIOD_BYTES = 4;

/**
 * Reads the `hex` of a fixture.
 *
 * @returns a fresh buffer that the caller owns
 * @throws Error on text that is not of the form
 */
export function bytesOf(hex: string): Buffer {
  return Buffer.concat(hex === '' ? [] : hex.split(' ').map(partOf));
}

/** What was shortened last: a runner writes the same long payload once for each way in which it cuts a fixture. */
let last = { bytes: Buffer.alloc(0), hex: '' };

/** Writes bytes in the form that {@link bytesOf} reads; runs are shortened only from 1 KiB on. */
export function hexOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < SHORTEN_FROM_BYTES) return buffer.toString('hex');
  if (!last.bytes.equals(buffer)) last = { bytes: Buffer.from(buffer), hex: shortened(buffer) };
  return last.hex;
}

function shortened(buffer: Buffer): string {
  const parts: string[] = [];
  let plainFrom = 0;
  let at = 0;
  while (at < buffer.length) {
    const run = longestRun(buffer, at);
    if (run === undefined) {
      at++;
      continue;
    }
    if (plainFrom < at) parts.push(buffer.toString('hex', plainFrom, at));
    parts.push(`${buffer.toString('hex', at, at + run.period)}*${run.count}`);
    at += run.period * run.count;
    plainFrom = at;
  }
  if (plainFrom < buffer.length) parts.push(buffer.toString('hex', plainFrom));
  return parts.join(' ');
}

function partOf(part: string): Buffer {
  const [digits = '', count, ...rest] = part.split('*');
  const bytes = Buffer.from(digits, 'hex');
  const times = count === undefined ? 1 : Number(count);
  const sound = bytes.length > 0 && bytes.length * 2 === digits.length && rest.length === 0;
  if (!sound || !Number.isSafeInteger(times) || times < 1) {
    throw new Error(`not hexadecimal bytes: ${part.slice(0, 40)}`);
  }
  return Buffer.alloc(bytes.length * times, bytes);
}

/** A run worth shortening that starts at `at`: at least 64 repeats of 1 byte, or of the 4 that a masking key gives. */
function longestRun(buffer: Buffer, at: number): { period: number; count: number } | undefined {
  for (const period of [1, LONGEST_PERIOD_BYTES]) {
    let end = at + period;
    while (end < buffer.length && buffer[end] === buffer[end - period]) end++;
    const count = Math.floor((end - at) / period);
    if (count >= 64) return { period, count };
  }
  return undefined;
}
