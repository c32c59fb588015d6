/** What is sent: payloads of an exact size that look like what they stand for. Always the same bytes for the same size. */

export type PayloadKind = 'ascii' | 'binary' | 'utf8' | 'json';

const UTF8_PATTERN = Buffer.from('é€😀 abc ');
const ASCII_FILL = 'x';

function ascii(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, i) => 97 + (i % 26)));
}

function binary(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 31 + 7) & 255));
}

/** Two-, three- and four-byte characters mixed with ASCII, padded with ASCII so that none is cut. */
function utf8(bytes: number): Buffer {
  const whole = Math.floor(bytes / UTF8_PATTERN.length);
  return Buffer.concat([...Array<Buffer>(whole).fill(UTF8_PATTERN), Buffer.alloc(bytes, ASCII_FILL)], bytes);
}

/** Records as an application sends them: same keys, changing values. The last string is stretched to the exact size. */
function json(bytes: number): Buffer {
  const records: object[] = [];
  let text = '';
  for (let id = 1; ; id++) {
    const record = {
      id: id * 7919,
      user: `user-${(id * 31) % 97}`,
      price: ((id * 104729) % 100000) / 100,
      open: id % 3 === 0,
    };
    const next = JSON.stringify({ type: 'update', records: [...records, record], note: '' });
    if (next.length > bytes) break;
    records.push(record);
    text = next;
  }
  const filled = text.slice(0, -2) + ascii(bytes - text.length).toString() + '"}';
  return Buffer.from(filled);
}

const MAKERS = { ascii, binary, utf8, json } as const satisfies Record<PayloadKind, (bytes: number) => Buffer>;

/** A payload of exactly `bytes` bytes. */
export function makePayload(kind: PayloadKind, bytes: number): Buffer {
  return MAKERS[kind](bytes);
}
