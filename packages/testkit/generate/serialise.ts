import type { Family } from '../src/fixture.js';

/** A file's text: one fixture a line, short to read in a diff and quick to find by id. */
export function serialise({ fixtures, ...head }: Family): string {
  const start = JSON.stringify({ $schema: './schema.json', ...head }).slice(1, -1);
  return `{${start},"fixtures":[\n${fixtures.map((fixture) => JSON.stringify(fixture)).join(',\n')}\n]}\n`;
}
