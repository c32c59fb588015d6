type OldNode = typeof import('../src/old-node.js');

/** The module anew: it says what it says once. */
function fresh(): OldNode {
  let loaded: OldNode | undefined;
  jest.isolateModules(() => (loaded = jest.requireActual<OldNode>('../src/old-node.js')));
  if (loaded === undefined) throw new Error('not loaded');
  return loaded;
}

test.each([
  ['20.20.2', 1],
  ['21.0.0', 1],
  ['22.23.2', 0],
  ['26.5.1', 0],
])('on Node.js %s warns %i times, however often it is asked', (version, times) => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const { warnOfOldNode } = fresh();
  warnOfOldNode(version);
  warnOfOldNode(version);
  expect(warn.mock.calls).toHaveLength(times);
  for (const [message] of warn.mock.calls) expect(message).toContain(`HTTP/2 of Node.js ${version}`);
  warn.mockRestore();
});
