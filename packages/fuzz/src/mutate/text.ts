import type { Random } from '../random.js';
import { mutateBytes, replace } from './bytes.js';

/** What header grammars are sensitive to. */
const GRAMMAR = [',', ';', '=', '"', '\\', ' ', '\t', '\r\n', '\n', '\r', ':', '\0', '\x7f', '\x80', '/', '?', '#', '%']
  .concat([', ', '; ', '""', '"a"', '"\\a"', '=1', '=""', ',,,,,,,,,', ';;', ' , ', '\r\n ', '\r\n\r\n', '\r\n\t'])
  .concat(['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'é', '\u{1f600}', '08', '1e1', '+9', '-1', '16']);

export type Dictionary = readonly string[];

/**
 * Changes text by inserting, replacing, repeating and removing what its grammar knows.
 * @param settings bytes at the start that are none of the text
 */
export function mutateText(parent: Buffer, other: Buffer, settings: number, words: Dictionary, random: Random): Buffer {
  if (random.oneIn(3)) return mutateBytes(parent, other, settings, random);
  let text = parent;
  for (let round = 1 + random.below(3); round > 0; round--) text = mutateOnce(text, settings, words, random);
  return text;
}

function mutateOnce(text: Buffer, settings: number, words: Dictionary, random: Random): Buffer {
  const at = settings + random.below(text.length - settings + 1);
  const word = Buffer.from(random.pick(random.oneIn(2) ? words : GRAMMAR), 'latin1');
  switch (random.below(6)) {
    case 0:
      return replace(text, at, at + 1 + random.below(word.length), word);
    case 1:
      return replace(text, at, at, Buffer.alloc(word.length * (1 + random.below(70)), word));
    case 2:
      return moveLine(text, settings, random);
    default:
      return replace(text, at, at, word);
  }
}

/** Doubles, removes or moves a line. */
function moveLine(text: Buffer, settings: number, random: Random): Buffer {
  const lines = text.toString('latin1', settings).split('\r\n');
  const from = random.below(lines.length);
  const [line = ''] = random.oneIn(2) ? lines.splice(from, 1) : [lines[from]];
  if (!random.oneIn(3)) lines.splice(random.below(lines.length + 1), 0, line);
  return replace(text, settings, text.length, Buffer.from(lines.join('\r\n'), 'latin1'));
}
