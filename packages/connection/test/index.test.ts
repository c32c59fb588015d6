import * as connection from '../src/index.js';

test('the names that others rely on', () => {
  const names = ['Connection', 'ConnectionSettings', 'ConnectionError', 'MessageStream', 'WebStreams', 'prepare'];
  for (const name of names) expect(Object.keys(connection)).toContain(name);
});
