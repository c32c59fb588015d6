/** How far down a file its head may reach: a comment, or the imports and then a comment. */
const HEAD_LINES = 12;

/** Whether a source says at its head, with a measured reason, that it is a hot path: `// Hot path: …`. */
export function isHotPath(text: string): boolean {
  const head = text.split('\n', HEAD_LINES);
  return head.some((line) => /^\s*(?:\/\/|\/?\*+)\s*Hot path: \S/.test(line));
}
