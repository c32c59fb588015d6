import { encodeClose, parseClose } from './close-payload.js';
import { closeCodeFor } from './errors.js';
import { wholeFrame, type Frame } from './frame.js';
import { Opcode } from './opcode.js';

/**
 * The frame that the protocol asks for in reply to a control frame: a Pong with the same payload for a Ping (RFC 6455
 * §5.5.3), a Close with the same code for a Close (§5.5.1); undefined for all else. A Close is answered once, and
 * nothing may be sent after it: that is for the caller to keep.
 */
export function answer(frame: Frame): Frame | undefined {
  if (frame.opcode === Opcode.ping) return wholeFrame(true, 0, Opcode.pong, frame.payload);
  if (frame.opcode !== Opcode.close) return undefined;
  return closeFrame(frame.payload.length === 0 ? undefined : parseClose(frame.payload).code);
}

/**
 * A Close frame.
 * @throws UsageError `ERR_SOKKER_ARGUMENT`, see `encodeClose`
 */
export function closeFrame(code?: number, reason?: string): Frame {
  return wholeFrame(true, 0, Opcode.close, encodeClose(code, reason));
}

/** The Close frame that answers an error (RFC 6455 §7.1.7); undefined where nothing may be sent. */
export function closeFrameFor(error: unknown): Frame | undefined {
  const code = closeCodeFor(error);
  return code === undefined ? undefined : closeFrame(code);
}
