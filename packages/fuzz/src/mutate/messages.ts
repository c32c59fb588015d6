import type { Random } from '../random.js';
import { MAX_INPUT_BYTES, mutateBytes } from './bytes.js';

/** Blocks of DEFLATE that mean something wherever a block may begin. */
const BLOCKS = ['00', '01', '02', '03', '04', '05', '06', '000500faff48656c6c6f', '0300', 'f248cdc9c90700']
  .concat(['f348cdc9c9070000', 'f200110000', '000000ffff', '010000ffff', '4b040000', '4b4c040000', 'ffff', '0000ffff'])
  .map((hex) => Buffer.from(hex, 'hex'));

/** The messages of an input, each behind two bytes of length; the last may be shorter than it says. */
export function unpackMessages(input: Buffer, settings: number): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = settings; at + 2 <= input.length;) {
    const size = input.readUInt16BE(at);
    messages.push(input.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return messages;
}

export function packMessages(settings: Buffer, messages: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [settings];
  for (const message of messages) parts.push(Buffer.of(message.length >> 8, message.length & 0xff), message);
  return Buffer.concat(parts);
}

/** Changes one message, or their order. */
export function mutateMessages(parent: Buffer, other: Buffer, settings: number, random: Random): Buffer {
  const messages = unpackMessages(parent, settings);
  const at = random.below(messages.length + 1);
  const message = messages[at] ?? random.pick(BLOCKS);
  const lender = unpackMessages(other, settings);
  switch (random.below(8)) {
    case 0:
      messages.splice(at, 1);
      break;
    case 1:
      messages.splice(at, 0, lender.length > 0 ? random.pick(lender) : message);
      break;
    case 2:
      messages.splice(at, 0, message);
      break;
    case 3:
      messages[at] = withBlock(message, random);
      break;
    case 4:
      messages[at] = Buffer.concat([message, random.pick(BLOCKS)]);
      break;
    default:
      messages[at] = mutateBytes(message, lender[0] ?? message, 0, random);
  }
  const child = packMessages(parent.subarray(0, settings), messages);
  return child.length > MAX_INPUT_BYTES ? child.subarray(0, MAX_INPUT_BYTES) : child;
}

/** A block, often many of the same, before or inside what there is. */
function withBlock(message: Buffer, random: Random): Buffer {
  const block = random.pick(BLOCKS);
  const many = Buffer.alloc(block.length * (1 + (random.oneIn(4) ? random.below(40) : 0)), block);
  const at = random.oneIn(2) ? 0 : random.below(message.length + 1);
  return Buffer.concat([message.subarray(0, at), many, message.subarray(at)]);
}
