/** Frame opcodes (RFC 6455 §5.2, §11.8). */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Control frames are those whose opcode has its highest bit set (RFC 6455 §5.5). */
export function isControl(opcode: number): boolean {
  return opcode >= Opcode.close;
}

/** Opcodes 0x3 to 0x7 and 0xB to 0xF are kept for later versions of the protocol (RFC 6455 §5.2). */
export function isReserved(opcode: number): boolean {
  return opcode > Opcode.pong || (opcode > Opcode.binary && opcode < Opcode.close);
}

/** RFC 6455 §5.5 */
export const MAX_CONTROL_PAYLOAD_BYTES = 125;
