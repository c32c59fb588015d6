import { Opcode, parseClose } from '@sokker/frame';
import type { FrameView, PartName } from './dissection.js';

const OPCODES = new Map<number, string>(Object.entries(Opcode).map(([name, opcode]) => [opcode, name]));

/** What RFC 6455 calls an opcode. */
export function opcodeName(opcode: number): string {
  return OPCODES.get(opcode) ?? 'reserved';
}

export const PART_NAMES: Readonly<Record<PartName, string>> = {
  start: 'FIN, RSV and opcode',
  flags: 'mask bit and 7-bit length',
  length: 'extended length',
  key: 'masking key',
  payload: 'payload',
};

/** How a frame says its length. */
export function lengthForm({ length7 }: FrameView): string {
  if (length7 === undefined) return '';
  if (length7 < 126) return 'in 7 bits';
  return length7 === 126 ? '126: in the 2 bytes that follow' : '127: in the 8 bytes that follow';
}

/** A payload as text, with a sign for every byte that is none. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** What a whole, sound Close says. */
export function closeOf({ opcode, payload, whole }: FrameView): { code: number; reason: string } | undefined {
  if (opcode !== Opcode.close || !whole) return undefined;
  try {
    return parseClose(payload as never);
  } catch {
    return undefined;
  }
}

export function count(value: number, unit: string): string {
  return `${value.toLocaleString('en')} ${unit}${value === 1 ? '' : 's'}`;
}
