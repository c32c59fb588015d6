import { ProtocolError, type Message } from '@sokker/frame';
import type { Bytes } from './bytes.js';
import { CODEC_VIOLATIONS, type CodecViolationCode } from './violations.js';

/**
 * What the messages of a subprotocol mean, to one side: `In` is what the other side sends. One value serves any number of
 * connections, and both sides where they say the same.
 */
export interface Codec<In, Out = In> {
  /**
   * What a message says, at once and not as a promise. What it throws closes the connection with 1007, or with the code
   * of a ProtocolError.
   */
  decode(message: Message): In;
  /** A message that says it: a string leaves as text, bytes as binary. */
  encode(value: Out): string | Bytes;
}

/**
 * JSON in text messages; a binary one closes the connection with 1003, what is no JSON with 1007.
 * @param check judges a value that a peer sent, and answers it as what it is, or throws; without it `In` is a promise
 *   that nobody has checked
 */
export function jsonCodec<In = unknown, Out = In>(check?: (value: unknown) => In): Codec<In, Out> {
  return {
    decode(message) {
      if (message.type === 'binary') throw codecError('ERR_SOKKER_CODEC_TYPE');
      const value = message.json();
      return check === undefined ? (value as In) : check(value);
    },
    encode: (value) => JSON.stringify(value),
  };
}

/** What to fail a connection with, where `decode` threw. */
export function decodeError(thrown: unknown): ProtocolError<string> {
  return thrown instanceof ProtocolError ? (thrown as ProtocolError<string>) : codecError('ERR_SOKKER_CODEC', thrown);
}

function codecError(code: CodecViolationCode, cause?: unknown): ProtocolError<CodecViolationCode> {
  return new ProtocolError(code, CODEC_VIOLATIONS[code], cause === undefined ? undefined : { cause });
}
