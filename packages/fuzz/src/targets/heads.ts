/* How the heads of both handshakes are fed and judged, and what they share. */
import { ResponseHeadReader } from '@sokker/handshake';
import { mutateSettings } from '../mutate/bytes.js';
import { mutateText } from '../mutate/text.js';
import { Random } from '../random.js';
import { must, type Target } from '../target.js';

const HEAD_WORDS = ['Host: a\r\n', 'Upgrade: websocket\r\n', 'Connection: Upgrade\r\n', 'Origin: http://a\r\n']
  .concat(['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', 'Sec-WebSocket-Version: 13\r\n', 'Content-Length: 5\r\n'])
  .concat(['Transfer-Encoding: chunked\r\n', 'Expect: 100-continue\r\n', 'Sec-WebSocket-Protocol: chat\r\n', 'GET '])
  .concat(['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n', ' HTTP/1.1\r\n', 'HTTP/1.0'])
  .concat(['Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n', 'HTTP/1.1 101 Switching Protocols\r\n', 'POST'])
  .concat(['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 401 Unauthorized\r\n', '__proto__: a\r\n', 'x: ', '\x81\x00'])
  .concat(['http://a/', '*', '//a', '/%', 'keep-alive, Upgrade', 'notwebsocket', '[::1]:80', 'a:b@c', 'null', '13, 8']);

/** A choice of settings, and how the bytes behind them are cut. */
export const HEAD_SETTINGS_BYTES = 2;

/** What inputs are in both directions: settings, and the bytes of a head. */
export const headInputs: Pick<Target, 'settingsBytes' | 'mutate' | 'describe'> = {
  settingsBytes: HEAD_SETTINGS_BYTES,
  mutate(parent, other, random) {
    if (random.oneIn(16)) return mutateSettings(parent, HEAD_SETTINGS_BYTES, random);
    return mutateText(parent, other, HEAD_SETTINGS_BYTES, HEAD_WORDS, random);
  },
  describe: (input) => JSON.stringify(input.toString('latin1', HEAD_SETTINGS_BYTES)),
};

/** Cuts bytes into pieces; the same seed, the same cuts. Seed 0: one byte each. */
export function pieces(bytes: Buffer, seed: number): Buffer[] {
  const random = new Random(seed);
  const list: Buffer[] = [];
  const most = seed === 0 ? 1 : 1 + random.below(Math.min(bytes.length + 1, 128));
  for (let from = 0; from < bytes.length;) {
    const size = seed === 0 ? 1 : random.below(most + 1);
    list.push(bytes.subarray(from, from + size));
    from += size;
  }
  return list;
}

/** A head of our own must be one that our own reader takes, with nothing behind it but `body`. */
export function judgeOwnHead(bytes: Buffer, status: number, body: Buffer): void {
  const reader = new ResponseHeadReader();
  const head = reader.read(bytes);
  must(head?.status === status && reader.rest.equals(body), 'output parses again', () => bytes.toString('latin1'));
  const ends = bytes.indexOf('\r\n\r\n');
  must(ends === bytes.length - body.length - 4, 'one head', () => bytes.toString('latin1'));
}
