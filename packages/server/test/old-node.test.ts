import { fresh } from './fresh.js';

type OldNode = typeof import('../src/old-node.js');

test.each([
  ['20.20.2', 1],
  ['21.0.0', 1],
  ['22.23.2', 0],
  ['26.5.1', 0],
])('on Node.js %s warns %i times, however often it is asked', (version, times) => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const { warnOfOldNode } = fresh<OldNode>('../src/old-node.js');
  warnOfOldNode(version);
  warnOfOldNode(version);
  expect(warn.mock.calls).toHaveLength(times);
  for (const [message] of warn.mock.calls) expect(message).toContain(`HTTP/2 of Node.js ${version}`);
  warn.mockRestore();
});
