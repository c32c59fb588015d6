// Callers in JavaScript, and casts, may give anything in the place of a frame.
import { UsageError } from './errors.js';
import { Slice, wholeFrame, type Frame, type FrameSlice } from './frame.js';
import { isControl, isReserved, MAX_CONTROL_PAYLOAD_BYTES } from './opcode.js';
import { shown } from './shown.js';
import { trueBytes } from './true-bytes.js';
import { bufferOf } from './view.js';

/** @throws UsageError `ERR_SOKKER_ARGUMENT` for what is no object, or has no bytes as its payload */
function payloadOf(frame: Frame): Uint8Array {
  if (typeof frame !== 'object' || (frame as Frame | null) === null) {
    throw wrong(`a frame is an object: { fin, rsv, opcode, payload }, not ${shown(frame)}`);
  }
  const { payload } = frame;
  if (!(payload instanceof Uint8Array) || payload.length !== trueBytes(payload)) {
    throw wrong('the payload of a frame must be a Buffer or Uint8Array');
  }
  return payload;
}

/**
 * The frame with a Buffer as its payload: itself, where it has one.
 * @throws UsageError as `payloadOf` says
 */
export function frameOfBuffer(frame: Frame | FrameSlice): Frame | FrameSlice {
  const bytes = payloadOf(frame);
  const payload = bufferOf(bytes);
  if (payload === bytes) return frame;
  const { fin, rsv, opcode } = frame;
  if (!('first' in frame)) return wholeFrame(fin, rsv, opcode, payload);
  return new Slice(fin, rsv, opcode, payload, frame.payloadBytes, frame.first, frame.last);
}

/**
 * The payload of a frame that may be sent.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` also when `fin`, `rsv` or `opcode` is none that exists, or a control frame is
 *   fragmented or too long
 */
export function sendablePayloadOf(frame: Frame): Uint8Array {
  const payload = payloadOf(frame);
  const { fin, rsv, opcode } = frame;
  if (typeof fin !== 'boolean' || (rsv & 7) !== rsv || (opcode & 15) !== opcode || isReserved(opcode)) {
    throw wrong('a frame needs a boolean fin, an rsv from 0 to 7 and an opcode of `Opcode` (RFC 6455 §5.2)');
  }
  // RFC 6455 §5.5: every peer would fail the connection.
  if (isControl(opcode) && (!fin || payload.length > MAX_CONTROL_PAYLOAD_BYTES)) {
    throw wrong('a control frame is never fragmented and has at most 125 bytes of payload');
  }
  return payload;
}

function wrong(message: string): UsageError {
  return new UsageError('ERR_SOKKER_ARGUMENT', message);
}
