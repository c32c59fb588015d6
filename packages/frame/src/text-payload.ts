// Hot path: text that is sent passes here (packages/bench, rows "encode … text").
import { Buffer } from 'node:buffer';

/**
 * Whether the last text was not ASCII. The texts of an application are mostly of one kind, and each has its quickest
 * way: ASCII is measured and later written as latin1; to measure any other and then write it takes V8 a third longer
 * than to convert it at once. A wrong guess costs as much as a right one gains.
 */
let isForeign = false;

/** Text as it can be framed: a string that is ASCII as it is, so that its length is its size, any other as UTF-8. */
export function textPayload(text: string): string | Buffer {
  if (!isForeign && Buffer.byteLength(text) === text.length) return text;
  const bytes = Buffer.from(text, 'utf8');
  isForeign = bytes.length !== text.length;
  return bytes;
}
