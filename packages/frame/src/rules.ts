// Judges headers: reads no bytes, throws nothing. Each rule is asked as soon as the byte that can break it is there.
import type { HeaderFields } from './header.js';
import { isControl, isReserved, MAX_CONTROL_PAYLOAD_BYTES, Opcode } from './opcode.js';
import type { Role } from './role.js';
import type { ViolationCode } from './violations.js';

/**
 * Byte 0: FIN, RSV, opcode, and whether this opcode may come now.
 * @param rsv reserved bits that extensions gave a meaning on the first frame of a message
 * @param messageOpen whether a fragmented message is in progress
 */
export function checkStart(header: HeaderFields, rsv: number, messageOpen: boolean): ViolationCode | undefined {
  const { opcode } = header;
  if (isReserved(opcode)) return 'ERR_SOKKER_RESERVED_OPCODE';
  // RFC 7692 §6: a bit claimed by an extension marks a message on its first frame, never a control frame or a continuation.
  const claimed = opcode === Opcode.text || opcode === Opcode.binary ? rsv : 0;
  if ((header.rsv & ~claimed) !== 0) return 'ERR_SOKKER_RESERVED_BITS';
  if (isControl(opcode)) return header.fin ? undefined : 'ERR_SOKKER_CONTROL_FRAGMENTED';
  if (opcode === Opcode.continuation) return messageOpen ? undefined : 'ERR_SOKKER_CONTINUATION_UNEXPECTED';
  return messageOpen ? 'ERR_SOKKER_CONTINUATION_EXPECTED' : undefined;
}

/** Byte 1: the mask bit, and the short length of control frames. */
export function checkFlags(header: HeaderFields, role: Role): ViolationCode | undefined {
  if (header.masked !== (role === 'server')) {
    return header.masked ? 'ERR_SOKKER_MASK_UNEXPECTED' : 'ERR_SOKKER_MASK_MISSING';
  }
  if (!isControl(header.opcode)) return undefined;
  if (header.length7 > MAX_CONTROL_PAYLOAD_BYTES) return 'ERR_SOKKER_CONTROL_TOO_LONG';
  return header.opcode === Opcode.close && header.length7 === 1 ? 'ERR_SOKKER_CLOSE_LENGTH' : undefined;
}

/** The longer forms of the length: shortest form only, judged by what the length can still become. */
export function checkLength(header: HeaderFields): ViolationCode | undefined {
  if (header.lengthSign) return 'ERR_SOKKER_LENGTH_SIGN';
  if (header.length7 < 126) return undefined;
  const { payloadBytes, lengthBytesMissing } = header;
  const most = lengthBytesMissing === 0 ? payloadBytes : payloadBytes + 256 ** lengthBytesMissing - 1;
  return most < (header.length7 === 126 ? 126 : 0x10000) ? 'ERR_SOKKER_LENGTH_NOT_MINIMAL' : undefined;
}
