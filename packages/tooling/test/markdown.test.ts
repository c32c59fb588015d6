import { readMarkdown } from '../src/markdown.js';

const page = (...lines: string[]): ReturnType<typeof readMarkdown> => readMarkdown(lines.join('\n'));

describe('reading Markdown', () => {
  test('fences keep their language, marks, code and line', () => {
    expect(page('text', '```TS sketch', 'a', '', 'b', '```', 'text').fences).toEqual([
      { language: 'ts', marks: ['sketch'], code: 'a\n\nb', line: 2 },
    ]);
  });

  test('a longer fence holds a shorter one, and tildes hold backticks', () => {
    expect(page('````md', '```', '````').fences[0]?.code).toBe('```');
    expect(page('~~~', '```ts', '```', '~~~').fences[0]?.code).toBe('```ts\n```');
  });

  test('links are inline, images and definitions', () => {
    const { links } = page('[a](x.md) ![b](<y.png> "title")', '', '[c]: z.md');
    expect(links).toEqual([
      { target: 'x.md', line: 1 },
      { target: 'y.png', line: 1 },
      { target: 'z.md', line: 3 },
    ]);
  });

  test('what stands in code is no link and no heading', () => {
    const { links, anchors } = page('`[a](x.md)`', '```', '[b](y.md)', '# Title', '```');
    expect(links).toEqual([]);
    expect([...anchors]).toEqual([]);
  });

  test('headings become anchors as GitHub forms them', () => {
    const { anchors } = page(
      '# What *is* it?',
      '## `send(data, options)`',
      '## A [link](x.md)',
      '## Twice',
      '## Twice',
    );
    expect([...anchors]).toEqual(['what-is-it', 'senddata-options', 'a-link', 'twice', 'twice-1']);
  });
});
