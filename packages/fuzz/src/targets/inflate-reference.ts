import { constants, inflateRawSync } from 'node:zlib';
import type { ProtocolError } from '@sokker/frame';
import { must } from '../target.js';
import type { Run, Terms } from './inflate.js';

/** What a sender took off the end of each message (RFC 7692 §7.2.1). */
const TAIL = Buffer.from('0000ffff', 'hex');

/** Each message against zlib's own one-shot inflater, which is given the window as a dictionary. */
export function judgeOutputs(
  { takeover, windowBits }: Terms,
  messages: readonly Buffer[],
  { outputs, error }: Run,
): void {
  let history = Buffer.alloc(0);
  for (const [index, message] of messages.entries()) {
    const ours = outputs[index];
    const theirs = reference(message, windowBits, history);
    if (ours === undefined) return judgeRefusal(error, theirs);
    const isPrefix = theirs !== undefined && ours.subarray(0, theirs.output.length).equals(theirs.output);
    const same = isPrefix && (theirs.ended || ours.length === theirs.output.length);
    must(
      same,
      'agrees with zlib',
      () => `message ${index}: ${ours.length} bytes, not ${theirs?.output.length ?? 'refused'}`,
    );
    if (takeover) history = Buffer.concat([history, ours]).subarray(-(2 ** windowBits));
  }
}

/** Data that we call broken must be broken for zlib too; it does not mind what is unfinished, nor a second block. */
function judgeRefusal(error: unknown, theirs: Reference | undefined): void {
  const { code } = error as ProtocolError<string>;
  if (code !== 'ERR_SOKKER_DEFLATE_DATA' || theirs === undefined) return;
  must(theirs.ended, 'agrees with zlib', () => 'it takes what is refused here');
}

interface Reference {
  readonly output: Buffer;
  /** A final block came before the end of the input. */
  readonly ended: boolean;
}

function reference(message: Buffer, windowBits: number, history: Buffer): Reference | undefined {
  const input = Buffer.concat([message, TAIL]);
  const dictionary = history.length === 0 ? {} : { dictionary: history };
  try {
    const options = { windowBits, finishFlush: constants.Z_SYNC_FLUSH, info: true, ...dictionary };
    const { buffer, engine } = inflateRawSync(input, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return { output: buffer, ended: engine.bytesWritten < input.length };
  } catch {
    return undefined;
  }
}
