/** Only the head of a file can mark it: the comment before its first statement. */
const HEAD_LINES = 12;

/** Whether a source says at its head, with a measured reason, that it is a hot path: `// Hot path: …`. */
export function isHotPath(text: string): boolean {
  const head = text.split('\n', HEAD_LINES);
  return head.some((line) => /^\s*(?:\/\/|\/?\*+)\s*Hot path: \S/.test(line));
}
