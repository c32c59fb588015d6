import { Progress } from '../src/progress.js';

test('a line on a terminal is never wider than it, however many targets run', () => {
  const written: string[] = [];
  const progress = new Progress({ isTTY: true, columns: 40, write: (text: string) => written.push(text) > 0 });
  progress.show('first', 10, 100, 1000);
  progress.show('second', 20, Infinity, 1000);
  progress.clear('first');
  progress.show('second', 30, Infinity, 1000);
  const lines = written.map((text) => text.replace('\r\x1b[2K', ''));
  expect(lines).toEqual([
    'first: 10 of 100, 10 per second',
    'first: 10 of 100, 10 per second; second',
    '',
    'second: 30, 30 per second',
  ]);
});

test('without a terminal the first line comes at once, those that follow rarely', () => {
  const written: string[] = [];
  const now = jest.spyOn(performance, 'now');
  try {
    const progress = new Progress({ write: (text: string) => written.push(text) > 0 });
    for (const [executions, at] of [
      [1, 10],
      [2, 5000],
      [3, 5011],
      [4, 10_000],
    ] as const) {
      now.mockReturnValue(at);
      progress.show('first', executions, Infinity, 1000);
    }
    expect(written).toEqual(['first: 1, 1 per second\n', 'first: 3, 3 per second\n']);
  } finally {
    now.mockRestore();
  }
});
