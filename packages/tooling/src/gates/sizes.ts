import type { Findings, Gate, GateContext } from '../gate.js';
import { roomsOf, sourcesOf, type Tree } from '../tree.js';

/** Lines of a source file, exclusive. Past it, split by subject. Functions and nesting are the linter's. */
const MAX_FILE_LINES = 250;

export const sizes: Gate = {
  name: 'sizes',
  promise: `no source file reaches ${MAX_FILE_LINES} lines (the linter bounds functions and nesting)`,
  check({ tree }: GateContext): Findings {
    const paths = roomsOf(tree).flatMap((room) => sourcesOf(tree, room));
    const counted = paths.map((path) => ({ path, lines: countLines(tree, path) }));
    counted.sort((a, b) => b.lines - a.lines);
    const [longest] = counted;
    const median = counted[counted.length >> 1]?.lines ?? 0;
    const note = longest
      ? `${counted.length} files, median ${median} lines, longest ${longest.path} with ${longest.lines}`
      : 'no sources';
    const tooLong = counted.filter(({ lines }) => lines >= MAX_FILE_LINES);
    return { note, failures: tooLong.map(({ path, lines }) => `${path}: ${lines} lines`) };
  },
};

function countLines(tree: Tree, path: string): number {
  return tree.read(path).trimEnd().split('\n').length;
}
