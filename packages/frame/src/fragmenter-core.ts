import { UsageError } from './errors.js';
import { Slice, wholeFrame, type Frame } from './frame.js';
import type { MessageType } from './message.js';
import { Opcode } from './opcode.js';
import { shown } from './shown.js';

/**
 * One message as frames of at most `fragmentBytes` each (RFC 6455 §5.4), lazily: at least one, the last with FIN. The
 * frames' payloads are views of `data`.
 * @param fragmentBytes an integer from 1, or `Infinity`
 * @throws UsageError `ERR_SOKKER_ARGUMENT` when the first is asked for
 */
export function* fragments(type: MessageType, data: Buffer, fragmentBytes: number): Generator<Frame> {
  if (fragmentBytes !== Infinity && !(Number.isInteger(fragmentBytes) && fragmentBytes >= 1)) {
    const rule = 'fragmentBytes must be an integer from 1, or Infinity';
    throw new UsageError('ERR_SOKKER_ARGUMENT', `${rule}, not ${shown(fragmentBytes)}`);
  }
  const opcode = opcodeOf(type);
  if (data.length <= fragmentBytes) {
    yield wholeFrame(true, 0, opcode, data);
    return;
  }
  for (let start = 0; start < data.length; start += fragmentBytes) {
    const payload = data.subarray(start, start + fragmentBytes);
    const fin = start + fragmentBytes >= data.length;
    yield new Slice(fin, 0, start === 0 ? opcode : Opcode.continuation, payload, payload.length, true, true);
  }
}

function opcodeOf(type: MessageType): Opcode {
  if (type === 'text') return Opcode.text;
  if ((type as unknown) === 'binary') return Opcode.binary;
  throw new UsageError('ERR_SOKKER_ARGUMENT', `a message's type is 'text' or 'binary', not ${shown(type)}`);
}
