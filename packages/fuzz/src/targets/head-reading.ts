/* How the bytes of a head are read, whole and cut: both must come to the same. */
import type { HandshakeError } from '@sokker/handshake';
import { must } from '../target.js';

/** What became of the bytes. */
export interface Reading<Head> {
  readonly head: Head | undefined;
  readonly rest: Buffer;
  readonly error: unknown;
}

interface HeadReader<Head> {
  readonly rest: Buffer;
  read(chunk: Buffer): Head | undefined;
}

export function readHead<Head>(reader: HeadReader<Head>, chunks: readonly Buffer[]): Reading<Head> {
  let head: Head | undefined;
  const after: Buffer[] = [];
  try {
    for (const chunk of chunks) {
      if (head !== undefined) after.push(chunk);
      else if ((head = reader.read(chunk)) !== undefined) after.push(reader.rest);
    }
  } catch (error) {
    return { head: undefined, rest: Buffer.alloc(0), error };
  }
  return { head, rest: Buffer.concat(after), error: undefined };
}

export function sameReading<Head>(one: Reading<Head>, other: Reading<Head>): void {
  const show = ({ head, rest, error }: Reading<Head>): string => {
    return `${(error as HandshakeError | undefined)?.code} ${JSON.stringify(head)} ${rest.toString('latin1')}`;
  };
  must(show(one) === show(other), 'equal under chunking', () => `${show(one)}\ncut otherwise\n${show(other)}`);
}
